//! Messages about reading and coding data (codes M02xx).

use super::{Message, messages};

messages! {}
