//! Messages about reading YAML (codes M01xx).

use super::{Message, messages};

messages! {}
