//! What is written rather than drawn, and fetched only when somebody opens it: the files as JSON ([`json`]; [`amiss`] says what is wrong with one), the texts of all
//! languages side by side ([`translate`]), and the way back to what was shipped ([`shipped`]).

pub mod amiss;
pub mod json;
pub mod shipped;
pub mod translate;
