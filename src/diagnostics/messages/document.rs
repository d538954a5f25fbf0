//! Messages about templates and documents (codes M05xx).

use super::{Message, messages};

messages! {}
