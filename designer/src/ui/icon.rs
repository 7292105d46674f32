//! Icons: strokes on a 24-pixel grid. An unknown name (a pack may ask for any) is a document.

use leptos::prelude::*;

/// The icon of that name, hidden from screen readers: words stand beside it or on its button.
pub fn icon(name: &str) -> impl IntoView + use<> {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=path(name)/></svg>
    }
}

fn path(name: &str) -> &'static str {
    match name {
        "mark" => {
            "M5 8h9a4 4 0 0 1 0 8h-1a4 4 0 0 0 0 0M5 8l3-3M5 8l3 3M19 16h-9a4 4 0 0 1-3-6.6M19 16l-3-3M19 16l-3 3"
        }
        "inbox" => {
            "M22 12h-6l-2 3h-4l-2-3H2M5.4 5.1 2 12v6a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-6l-3.4-6.9A2 2 0 0 0 16.8 4H7.2a2 2 0 0 0-1.8 1.1z"
        }
        "bell" => "M6 8a6 6 0 0 1 12 0c0 7 3 9 3 9H3s3-2 3-9M10.3 21a2 2 0 0 0 3.4 0",
        "search" => "M21 21l-4.3-4.3M19 11a8 8 0 1 1-16 0 8 8 0 0 1 16 0z",
        "plus" => "M12 5v14M5 12h14",
        "check" => "M20 6 9 17l-5-5",
        "x" => "M18 6 6 18M6 6l12 12",
        "down" => "M6 9l6 6 6-6",
        "up" => "M18 15l-6-6-6 6",
        "right" => "M9 18l6-6-6-6",
        "left" => "M15 18l-6-6 6-6",
        "sort-up" => "M12 19V5M5 12l7-7 7 7",
        "sort-down" => "M12 5v14M19 12l-7 7-7-7",
        "menu" => "M4 6h16M4 12h16M4 18h16",
        "user" | "person" | "contact" => "M20 21a8 8 0 0 0-16 0M16 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
        "users" | "people" => {
            "M16 21v-2a4 4 0 0 0-4-4H6a4 4 0 0 0-4 4v2M13 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM22 21v-2a4 4 0 0 0-3-3.9M16 3.1a4 4 0 0 1 0 7.8"
        }
        "building" | "customer" | "company" | "office" => {
            "M4 22V4a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v18M16 9h2a2 2 0 0 1 2 2v11M2 22h20M8 6h4M8 10h4M8 14h4M8 18h4"
        }
        "message-warning" => "M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2zM12 7v4M12 14h.01",
        "complaint" | "flag" | "megaphone" => "M3 11l18-5v12L3 14zM11.6 16.8a3 3 0 1 1-5.8-1.6",
        "suggestion" | "idea" | "lightbulb" => {
            "M9 18h6M10 22h4M15.1 14c.2-1 .7-1.7 1.4-2.5A5 5 0 0 0 18 8 6 6 0 0 0 6 8c0 1.4.5 2.5 1.5 3.5.8.7 1.2 1.5 1.4 2.5z"
        }
        "headset" | "service" | "support" => {
            "M4 14v-2a8 8 0 0 1 16 0v2M4 14a2 2 0 0 1 2-2h1v7H6a2 2 0 0 1-2-2zM20 14a2 2 0 0 0-2-2h-1v7h1a2 2 0 0 0 2-2zM18 19c0 2-2 3-5 3"
        }
        "settings" => {
            "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM19.4 15a1.7 1.7 0 0 0 .3 1.8l.1.1a2 2 0 1 1-2.9 2.9l-.1-.1a1.7 1.7 0 0 0-2.8 1.2v.1a2 2 0 0 1-4 0V21a1.7 1.7 0 0 0-2.9-1.2l-.1.1a2 2 0 1 1-2.8-2.9l.1-.1A1.7 1.7 0 0 0 3 14H3a2 2 0 0 1 0-4h.1a1.7 1.7 0 0 0 1.2-2.9l-.1-.1A2 2 0 1 1 7 4.2l.1.1A1.7 1.7 0 0 0 10 3.1V3a2 2 0 0 1 4 0v.1a1.7 1.7 0 0 0 2.9 1.2l.1-.1a2 2 0 1 1 2.8 2.9l-.1.1A1.7 1.7 0 0 0 20.9 10H21a2 2 0 0 1 0 4h-.1a1.7 1.7 0 0 0-1.5 1z"
        }
        "shield" | "admin" => "M12 22s8-4 8-10V5l-8-3-8 3v7c0 6 8 10 8 10zM9 12l2 2 4-4",
        "globe" => "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM2 12h20M12 2a15 15 0 0 1 0 20M12 2a15 15 0 0 0 0 20",
        "sun" => {
            "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4"
        }
        "moon" => "M12 3a6 6 0 0 0 9 9 9 9 0 1 1-9-9z",
        "monitor" => "M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM8 21h8M12 17v4",
        "eye" => "M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12zM15 12a3 3 0 1 1-6 0 3 3 0 0 1 6 0z",
        "log-out" => "M9 21H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h4M16 17l5-5-5-5M21 12H9",
        "columns" => "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM9 3v18M15 3v18",
        "filter" => "M3 5h18M7 12h10M10 19h4",
        "density" => "M4 5h16M4 10h16M4 14h16M4 19h16",
        "calendar" => "M4 5h16v16H4zM4 10h16M8 3v4M16 3v4",
        "arrange" => "M3 10h5v4H3zM11 4h5v4h-5zM11 16h5v4h-5zM8 12h1.5M9.5 6v12M9.5 6H11M9.5 18H11M16 6h5M16 18h5",
        "tree" => "M4 4h7v4H4zM13 10h7v4h-7zM13 17h7v4h-7zM7 8v11h6M7 12h6",
        "board" => "M4 3h4v14H4zM10 3h4v9h-4zM16 3h4v18h-4z",
        "table" | "list" => "M8 6h13M8 12h13M8 18h13M3 6h.01M3 12h.01M3 18h.01",
        "more" => {
            "M6.2 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0zM13 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0zM19.8 12a1 1 0 1 1-2 0 1 1 0 0 1 2 0z"
        }
        "alert" => "M10.3 3.9 1.8 18a2 2 0 0 0 1.7 3h17a2 2 0 0 0 1.7-3L13.7 3.9a2 2 0 0 0-3.4 0zM12 9v4M12 17h.01",
        "info" => "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM12 16v-4M12 8h.01",
        "clock" => "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM12 6v6l4 2",
        "history" => "M3 12a9 9 0 1 0 9-9 9.8 9.8 0 0 0-6.7 2.7L3 8M3 3v5h5M12 7v5l4 2",
        "flow" => "M3 3h6v6H3zM15 15h6v6h-6zM9 6h6a3 3 0 0 1 3 3v6",
        "pencil" => "M17 3a2.8 2.8 0 0 1 4 4L7.5 20.5 2 22l1.5-5.5zM15 5l4 4",
        "trash" => {
            "M3 6h18M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2M19 6l-1 14a2 2 0 0 1-2 2H8a2 2 0 0 1-2-2L5 6M10 11v6M14 11v6"
        }
        "external" => "M15 3h6v6M10 14 21 3M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6",
        "link" => "M10 13a5 5 0 0 0 7.5.5l3-3a5 5 0 0 0-7-7l-1.8 1.7M14 11a5 5 0 0 0-7.5-.5l-3 3a5 5 0 0 0 7 7l1.8-1.7",
        "refresh" => "M21 12a9 9 0 1 1-2.6-6.4L21 8M21 3v5h-5",
        "hand" => {
            "M18 11V6a2 2 0 0 0-4 0v5M14 10V4a2 2 0 0 0-4 0v6M10 10.5V6a2 2 0 0 0-4 0v8M18 8a2 2 0 1 1 4 0v6a8 8 0 0 1-8 8h-2c-2.8 0-4.5-.9-6-2.3l-3.6-3.6a2 2 0 0 1 2.8-2.8L7 15"
        }
        "return" => "M9 14 4 9l5-5M4 9h10.5a5.5 5.5 0 0 1 0 11H11",
        "forward" => "M15 17l5-5-5-5M4 18v-2a4 4 0 0 1 4-4h12",
        "star" => "M12 2l3.1 6.3 6.9 1-5 4.9 1.2 6.8-6.2-3.2L5.8 21 7 14.2 2 9.3l6.9-1z",
        "grip" => "M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01",
        "home" => "M3 10l9-7 9 7v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2zM9 22V12h6v10",
        "contract" | "handshake" => {
            "M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M8 17c2-3 3-3 3 0s2 0 3-1 1 1 2 1"
        }
        "chart" => "M3 3v18h18M8 17V9M13 17V5M18 17v-4",
        "crosshair" => "M22 12a10 10 0 1 1-20 0 10 10 0 0 1 20 0zM22 12h-4M6 12H2M12 6V2M12 22v-4",
        "clip" => "M21.4 11.1l-9.2 9.2a6 6 0 0 1-8.5-8.5l9.2-9.2a4 4 0 0 1 5.7 5.7l-9.2 9.2a2 2 0 0 1-2.8-2.8l8.5-8.5",
        "message" => "M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z",
        "minus" => "M5 12h14",
        "lasso" => "M4 4h3M10 4h4M17 4h3v3M20 10v4M20 17v3h-3M14 20h-4M7 20H4v-3M4 14v-4M4 7V4",
        "space" => "M12 3v18M8 8l-4 4 4 4M16 8l4 4-4 4",
        "wrench" => "M14.7 6.3a4 4 0 0 0-5.4 5.3L3 18v3h3l6.4-6.3a4 4 0 0 0 5.3-5.4L15 12l-3-3z",
        "play" => "M7 4l13 8-13 8z",
        "pause" => "M7 4v16M17 4v16",
        "step" => "M5 4l10 8-10 8zM19 5v14",
        "step-back" => "M19 4L9 12l10 8zM5 5v14",
        "fold" => "M4 4h16v16H4zM8 12h8",
        "unfold" => "M4 4h16v16H4zM8 12h8M12 8v8",
        "align-left" => "M4 3v18M8 7h12M8 13h7M8 7v3h12V7M8 13v3h7v-3",
        "align-centre" => "M12 3v18M6 7h12v3H6zM8 14h8v3H8z",
        "align-right" => "M20 3v18M4 7h12v3H4zM9 14h7v3H9z",
        "align-top" => "M3 4h18M7 8h3v12H7zM14 8h3v7h-3z",
        "align-middle" => "M3 12h18M7 6h3v12H7zM14 8h3v8h-3z",
        "align-bottom" => "M3 20h18M7 4h3v12H7zM14 9h3v7h-3z",
        "even-flat" => "M4 4v16M20 4v16M10 8h4v8h-4z",
        "even-steep" => "M4 4h16M4 20h16M8 10h8v4H8z",
        "palette" => {
            "M12 3a9 9 0 1 0 0 18c1.5 0 2-1 2-2s-.7-1.5-.7-2.4c0-1 .8-1.6 1.7-1.6h2a4 4 0 0 0 4-4c0-4.4-4-8-9-8zM7.5 12h.01M9 8h.01M14 7.5h.01M17 10.5h.01"
        }
        "copy" => "M8 8h12v12H8zM16 8V4H4v12h4",
        "turn" => "M4 4h6v16H4zM13 14h7v6h-7M14 4a6 6 0 0 1 6 6M20 10l2.5-2.5M20 10l-2.5-2.5",
        "lane-above" => "M4 12h16v8H4zM12 3v6M9 6h6",
        "lane-below" => "M4 4h16v8H4zM12 15v6M9 18h6",
        "divide-2" => "M4 5h16v14H4zM4 12h16",
        "divide-3" => "M4 4h16v16H4zM4 9.3h16M4 14.7h16",
        "paste" => "M9 3h6v4H9zM9 5H5v16h14V5h-4M9 12h6M9 16h6",
        "download" => "M12 3v12M7 10l5 5 5-5M4 20h16",
        "upload" => "M12 15V3M7 8l5-5 5 5M4 20h16",
        "fit" => "M8 3H5a2 2 0 0 0-2 2v3M21 8V5a2 2 0 0 0-2-2h-3M3 16v3a2 2 0 0 0 2 2h3M16 21h3a2 2 0 0 0 2-2v-3",
        _ => "M14 2H6a2 2 0 0 0-2 2v16a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8zM14 2v6h6M16 13H8M16 17H8M10 9H8",
    }
}
