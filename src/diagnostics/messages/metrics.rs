//! Messages about indicators (codes M04xx).

use super::{Message, messages};

messages! {}
