//! The document the studio edits: plain data, no signals, no DOM, tested natively.
//!
//! Reading order: [`kind`] (what there is to draw) → [`geometry`], [`wrap`], [`route`], [`arrange`] (pure drawing)
//! → [`scene`] (what is drawn).

pub mod arrange;
pub mod geometry;
pub mod kind;
pub mod route;
pub mod scene;
pub mod wrap;
