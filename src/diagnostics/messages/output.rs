//! Messages about publishing (codes M06xx).

use super::{Message, messages};

messages! {}
