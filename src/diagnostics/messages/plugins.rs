//! Messages about plugins (codes M03xx).

use super::{Message, messages};

messages! {}
