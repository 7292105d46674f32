//! Names and types of files, and the sweep, on both databases.

use axum::body::Body;
use runtime::limits::{UPLOAD_BYTES, UPLOAD_NAME};
use serde_json::json;

use super::folder::sniffed;
use super::*;
use crate::testing::{actor, on_both};

#[test]
fn names_lose_what_is_dangerous() {
    for (given, expected) in [
        ("报价单.pdf", Some("报价单.pdf")),
        ("../../etc/passwd", Some("passwd")),
        ("C:\\x\\a.txt", Some("a.txt")),
        ("a\r\nb\".png", Some("ab.png")),
        ("invoice\u{202e}gpj.exe", Some("invoicegpj.exe")),
        (".htaccess", Some("htaccess")),
        ("..", None),
        ("", None),
    ] {
        assert_eq!(named(given).ok().as_deref(), expected, "{given}");
    }
    assert!(named(&"x".repeat(UPLOAD_NAME + 1)).is_err());
}

#[test]
fn only_what_is_certain_has_a_type() {
    assert_eq!(sniffed(b"\x89PNG\r\n\x1a\nrest"), "image/png");
    assert_eq!(sniffed(b"<script>alert(1)</script>"), "application/octet-stream");
    assert_eq!(sniffed(b"<svg onload='x'>"), "application/octet-stream");
    assert_eq!(sniffed(b""), "application/octet-stream");
}

#[tokio::test]
async fn no_id_leads_out_of_the_folder() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("secret"), "x").unwrap();
    let folder = Folder::of(data.path());
    for id in ["../secret", "..", "", "a/b", "fil_\0", "x".repeat(65).as_str()] {
        assert!(matches!(folder.open(id).await, Err(Error::NotFound(_))), "{id:?}");
    }
}

#[tokio::test]
async fn what_is_too_large_or_breaks_off_leaves_nothing() {
    let house = tempfile::tempdir().unwrap();
    let folder = Folder::of(house.path());
    static MEGABYTE: [u8; 1 << 20] = [7; 1 << 20];
    let stream = |count: u64, ends: bool| {
        let chunks = (0..count).map(|_| Ok(axum::body::Bytes::from_static(&MEGABYTE)));
        let end = (!ends).then(|| Err(std::io::Error::other("the line is dead")));
        Body::from_stream(futures::stream::iter(chunks.chain(end)))
    };
    let large = folder.receive("fil_large", stream((UPLOAD_BYTES >> 20) + 1, true)).await;
    assert!(matches!(large, Err(Error::TooLarge(_))), "{large:?}");
    let endless = folder.receive("fil_endless", stream(u64::MAX >> 30, true)).await;
    assert!(matches!(endless, Err(Error::TooLarge(_))), "{endless:?}");
    let broken = folder.receive("fil_broken", stream(3, false)).await;
    assert!(matches!(broken, Err(Error::Malformed { .. })), "{broken:?}");
    assert_eq!(std::fs::read_dir(house.path().join("files/arriving")).unwrap().count(), 0);
    assert_eq!(folder.receive("fil_good", stream(2, true)).await.unwrap().0, 2 << 20);
}

on_both! {
    async fn what_nobody_keeps_is_swept(home: Home) {
        let app = home.app().await;
        let house = tempfile::tempdir().unwrap();
        let folder = Folder::of(house.path());
        let contents = || std::fs::read_dir(house.path().join("files")).unwrap().flatten().flat_map(|it| std::fs::read_dir(it.path()).unwrap()).count();
        let agent = actor(&app, "agent");
        let content = |text: &'static str| Body::from(text);
        let left = upload(&app, &folder, &agent, "left.txt", content("left")).await.unwrap();
        let kept = upload(&app, &folder, &agent, "kept.txt", content("kept")).await.unwrap();
        let data = json!({ "contact": "王丽", "phone": "+86 139 1234 5678", "channel": "phone", "category": "quality", "facts": "x", "demand": "y",
            "severity": "s3", "region": "320506", "files": [] });
        let mut data = data.as_object().cloned().unwrap();
        // A text file is not among the types of this field: its ending says so.
        data.insert("files".to_owned(), json!([kept.id]));
        let ask = |data: &serde_json::Map<String, serde_json::Value>| api::record::Create { data: data.clone(), accept_duplicates: true, ..Default::default() };
        let refused = records::create(&app, &agent, &"complaint".into(), ask(&data)).await;
        let Err(Error::InvalidFields(faults)) = refused else { panic!("{refused:?}") };
        assert_eq!((faults[0].pointer.as_str(), faults[0].code.as_str()), ("/files", "file-type"));
        let kept = upload(&app, &folder, &agent, "kept.pdf", content("%PDF-1.7 kept")).await.unwrap();
        data.insert("files".to_owned(), json!([kept.id]));
        let made = records::create(&app, &agent, &"complaint".into(), ask(&data)).await.unwrap();
        assert_eq!(made.labels[&kept.id], "kept.pdf (13 B)");
        // Nobody gives it to a second record, and nobody takes it from the first.
        assert!(matches!(read(&app, &folder, &actor(&app, "rep"), &kept.id).await, Err(Error::NotFound(_))));
        assert!(matches!(forget(&app, &folder, &agent, &kept.id).await, Err(Error::NotFound(_))));
        let again = records::create(&app, &agent, &"complaint".into(), ask(&data)).await;
        let Err(Error::InvalidFields(faults)) = again else { panic!("{again:?}") };
        assert_eq!(faults[0].code, "no-such-file");

        sweep(&app, &folder).await.unwrap();
        assert!(read(&app, &folder, &agent, &left.id).await.is_ok(), "it has a day");
        let id = RecordId(made.id);
        let here = || read(&app, &folder, &agent, &kept.id);
        home.clock.advance(SignedDuration::from_hours(25));
        sweep(&app, &folder).await.unwrap();
        assert!(matches!(read(&app, &folder, &agent, &left.id).await, Err(Error::NotFound(_))), "and no more");
        assert!(here().await.is_ok(), "what is in a record stays");
        assert_eq!(contents(), 1);

        // Taken out it can be put back for a while; then it is gone.
        let change = |files: serde_json::Value, version| api::record::Change { version, data: json!({ "files": files }).as_object().cloned().unwrap(), ..Default::default() };
        let module = ModuleKey::from("complaint");
        let out = records::change(&app, &agent, &module, &id, change(json!([]), made.version)).await.unwrap();
        assert!(matches!(here().await, Err(Error::NotFound(_))));
        let back = records::change(&app, &agent, &module, &id, change(json!([kept.id]), out.version)).await.unwrap();
        assert!(here().await.is_ok());
        records::change(&app, &agent, &module, &id, change(json!([]), back.version)).await.unwrap();
        home.clock.advance(SignedDuration::from_hours(31 * 24));
        sweep(&app, &folder).await.unwrap();
        assert_eq!(contents(), 0);
    }
}
