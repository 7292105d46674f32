//! Parts used on every screen, on native elements: icons, dialogs, menus, toasts, and the states a
//! screen can be in (loading, empty, failed).

pub mod choose;
pub mod dialog;
pub mod fetch;
pub mod focus;
pub mod icon;
pub mod menu;
pub mod problem;
pub mod resize;
pub mod row;
pub mod toast;
pub mod upload;
