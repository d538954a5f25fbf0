//! Models as users meet them: standard errors of the bootstrap against R, and projects with declared models.

mod bootstrap;
mod hierarchy;
mod pls;
mod projects;
