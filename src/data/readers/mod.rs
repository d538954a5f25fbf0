//! File readers: one file format a module, all giving a [`super::RawTable`].
