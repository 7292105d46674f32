//! Guests that loop, trap, eat memory, flood the log or answer garbage are stopped with the right
//! error, and the host goes on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use plugin::{Error, Host, Limits, Manifest};
use serde_json::{Value, json};

fn limits() -> Limits {
    Limits {
        fuel: 5_000_000,
        deadline: Duration::from_secs(5),
        memory: 4 << 20,
        table: 1_000,
        input: 10_000,
        output: 10_000,
        log: 1_000,
        calls: 2,
        component: 100_000,
    }
}

/// A component whose `call` runs `body`, which leaves the address of the answer on the stack. The
/// answer at 16 is the text at 64, `length` bytes of it: 0 for ok and 1 for refused at 16, then
/// address and length. Memory starts as one page, `data` lies at 64.
fn guest(body: &str, data: &str, length: usize) -> Vec<u8> {
    let text = format!(
        r#"(component
          (import "flowloom:plugin/host@0.1.0" (instance $host
            (type $level' (enum "debug" "info" "warn" "error"))
            (export "level" (type $level (eq $level')))
            (export "log" (func (param "level" $level) (param "message" string)))
            (export "config" (func (param "key" string) (result (option string))))))
          (core module $store (memory (export "memory") 1)
            (global $top (mut i32) (i32.const 32768))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32)
              (global.set $top (i32.add (global.get $top) (i32.const 16)))
              (i32.and (global.get $top) (i32.const -8))))
          (core instance $m (instantiate $store))
          (alias core export $m "memory" (core memory $memory))
          (alias core export $m "realloc" (core func $realloc))
          (alias export $host "log" (func $log_host))
          (alias export $host "config" (func $config_host))
          (core func $log (canon lower (func $log_host) (memory $memory) string-encoding=utf8))
          (core func $config (canon lower (func $config_host) (memory $memory)
            (realloc $realloc) string-encoding=utf8))
          (core module $main
            (import "m" "memory" (memory 1))
            (import "h" "log" (func $log (param i32 i32 i32)))
            (import "h" "config" (func $config (param i32 i32 i32)))
            (data (i32.const 64) "{data}")
            (func $again (param i32) (result i32) (call $again (i32.add (local.get 0) (i32.const 1))))
            (func (export "call") (param i32 i32 i32 i32) (result i32) (local $n i32)
              (i32.store (i32.const 20) (i32.const 64))
              (i32.store (i32.const 24) (i32.const {length}))
              {body}))
          (core instance $h (export "log" (func $log)) (export "config" (func $config)))
          (core instance $i (instantiate $main (with "m" (instance $m)) (with "h" (instance $h))))
          (alias core export $i "call" (core func $call))
          (func (export "call") (param "function" string) (param "input" string)
            (result (result string (error string)))
            (canon lift (core func $call) (memory $memory) (realloc $realloc) string-encoding=utf8)))"#
    );
    wat::parse_str(&text).unwrap()
}

/// A guest that answers a text that is known before.
fn answering(data: &str) -> Vec<u8> {
    guest("(i32.const 16)", &data.replace('"', "\\\""), data.len())
}

fn manifest(id: &str, config: &[&str]) -> Manifest {
    let title = json!({ "en": "Test", "zh-CN": "测试" });
    let manifest = json!({
        "format": 1, "id": id, "version": "1.0.0", "title": title,
        "functions": [{ "name": "run", "title": title, "input": { "type": "object" }, "output": { "type": "integer" } }],
        "capabilities": { "config": config },
    });
    Manifest::parse(&manifest.to_string()).unwrap()
}

struct World {
    host: Host,
    _cache: tempfile::TempDir,
}

impl World {
    fn new(limits: Limits) -> World {
        let cache = tempfile::tempdir().unwrap();
        let host = Host::new(cache.path().join("compiled"), limits).unwrap();
        host.load(manifest("good", &[]), &answering("7")).unwrap();
        World { host, _cache: cache }
    }

    fn load(&self, id: &str, component: &[u8]) -> Result<(), Error> {
        self.host.load(manifest(id, &[]), component)
    }

    fn call(&self, id: &str) -> Result<Value, Error> {
        self.host.call(id, "run", &json!({}), &BTreeMap::new())
    }

    /// The error of a hostile guest, after which a good one still answers.
    fn stopped(&self, component: &[u8]) -> Error {
        self.load("hostile", component).unwrap();
        let error = self.call("hostile").unwrap_err();
        assert_eq!(self.call("good").unwrap(), json!(7), "the host goes on after {error}");
        error
    }
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    let error = World::new(limits()).stopped(&guest("(loop (br 0)) (i32.const 16)", "", 0));
    assert!(matches!(error, Error::OutOfFuel { fuel: 5_000_000, .. }), "{error:?}");
    assert_eq!(error.to_string(), "hostile.run was stopped: it used up all its work (5000000 units)");
}

#[test]
fn an_endless_loop_with_much_fuel_meets_its_deadline() {
    let world = World::new(Limits { fuel: u64::MAX, deadline: Duration::from_millis(80), ..limits() });
    let start = Instant::now();
    let error = world.stopped(&guest("(loop (br 0)) (i32.const 16)", "", 0));
    assert!(matches!(error, Error::Deadline { milliseconds: 80, .. }), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn memory_without_end_is_refused() {
    let grow =
        "(loop (drop (memory.grow (i32.const 16)) ) (br_if 0 (i32.ge_u (i32.const 1) (i32.const 0)))) (i32.const 16)";
    let error = World::new(limits()).stopped(&guest(grow, "", 0));
    assert!(matches!(error, Error::Memory { bytes: 4_194_304, .. }), "{error:?}");
}

#[test]
fn traps_say_what_happened() {
    let world = World::new(limits());
    let trap = |body: &str| match world.stopped(&guest(body, "", 0)) {
        Error::Trap { reason, .. } => reason,
        other => panic!("expected a trap, found {other:?}"),
    };
    assert!(trap("(unreachable)").contains("unreachable"));
    assert!(trap("(i32.div_u (i32.const 1) (i32.const 0))").contains("divide by zero"));
    assert!(trap("(i32.load (i32.const -4))").contains("out of bounds"));
    assert!(trap("(call $again (i32.const 0))").contains("stack"));
    // An answer that lies outside of its memory.
    trap("(i32.store (i32.const 20) (i32.const -16)) (i32.store (i32.const 24) (i32.const 99)) (i32.const 16)");
    // A verdict that is neither ok nor refused.
    trap("(i32.store8 (i32.const 16) (i32.const 9)) (i32.const 16)");
}

#[test]
fn garbage_is_no_answer() {
    let world = World::new(limits());
    let bad = |component: &[u8]| match world.stopped(component) {
        Error::BadOutput { reason, .. } => reason,
        other => panic!("expected bad output, found {other:?}"),
    };
    assert!(bad(&answering("seven")).contains("expected JSON"));
    assert!(bad(&answering(r#"{"a":1}"#)).contains("integer"));
    assert!(bad(&answering(&"[".repeat(5_000))).contains("recursion"));
    assert!(
        bad(&guest("(i32.store (i32.const 24) (i32.const 30000)) (i32.const 16)", "", 0)).contains("at most 10000")
    );
}

#[test]
fn a_refusal_keeps_its_words() {
    let error =
        World::new(limits()).stopped(&guest("(i32.store8 (i32.const 16) (i32.const 1)) (i32.const 16)", "no rate", 7));
    assert!(matches!(&error, Error::Refused(words) if words == "no rate"), "{error:?}");
}

#[test]
fn callers_mistakes_have_names() {
    let world = World::new(limits());
    let none = BTreeMap::new();
    let call =
        |plugin: &str, function: &str, input: Value| world.host.call(plugin, function, &input, &none).unwrap_err();
    assert!(matches!(call("bad", "run", json!({})), Error::NoSuchPlugin(_)));
    assert!(call("good", "walk", json!({})).to_string().contains("it has `run`"));
    assert!(call("good", "run", json!(3)).to_string().contains("object"));
    assert!(call("good", "run", json!({ "x": "y".repeat(10_000) })).to_string().contains("at most 10000 bytes"));
}

#[test]
fn what_is_no_plugin_is_not_loaded() {
    let world = World::new(limits());
    let refuse = |bytes: &[u8]| world.load("x", bytes).unwrap_err().to_string();
    assert!(refuse(b"not wasm").contains("expected a component"));
    assert!(refuse(&wat::parse_str("(module)").unwrap()).contains("expected a component"));
    assert!(refuse(&wat::parse_str("(component)").unwrap()).contains("no export `call`"));
    assert!(refuse(&vec![0; 100_001]).contains("at most 100000 bytes"));
    let network = r#"(component (import "wasi:sockets/tcp@0.2.0" (instance (export "connect" (func)))))"#;
    assert!(refuse(&wat::parse_str(network).unwrap()).contains("expected a component"));
    assert!(matches!(world.call("x"), Err(Error::NoSuchPlugin(_))));
}

/// Asks for the setting `rate` (at 64) and answers what it got: an option at 32.
const ASK: &str = "(call $config (i32.const 64) (i32.const 4) (i32.const 32))
    (i32.store (i32.const 20) (i32.load (i32.const 36)))
    (i32.store (i32.const 24) (i32.load (i32.const 40)))
    (if (i32.eqz (i32.load8_u (i32.const 32))) (then (unreachable)))
    (i32.const 16)";

#[test]
fn a_setting_is_given_to_whom_asked_for_it_in_the_manifest() {
    let world = World::new(limits());
    let ask = guest(ASK, "rate", 4);
    let config = BTreeMap::from([("rate".to_owned(), "19".to_owned())]);
    world.host.load(manifest("declared", &["rate"]), &ask).unwrap();
    world.host.load(manifest("silent", &[]), &ask).unwrap();
    assert_eq!(world.host.call("declared", "run", &json!({}), &config).unwrap(), json!(19));
    assert!(matches!(world.host.call("silent", "run", &json!({}), &config), Err(Error::Trap { .. })));
    assert!(matches!(world.host.call("declared", "run", &json!({}), &BTreeMap::new()), Err(Error::Trap { .. })));
}

#[test]
fn a_flooded_log_ends_the_log_and_not_the_call() {
    let world = World::new(limits());
    let flood = "(loop (call $log (i32.const 1) (i32.const 64) (i32.const 1))
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (br_if 0 (i32.lt_u (local.get $n) (i32.const 5000)))) (i32.const 16)";
    world.load("flood", &guest(flood, "3", 1)).unwrap();
    assert_eq!(world.call("flood").unwrap(), json!(3));
}

#[test]
fn no_call_sees_the_memory_of_another() {
    let world = World::new(limits());
    let count = "(i32.store8 (i32.const 64) (i32.add (i32.load8_u (i32.const 64)) (i32.const 1))) (i32.const 16)";
    world.load("counter", &guest(count, "0", 1)).unwrap();
    assert_eq!(world.call("counter").unwrap(), json!(1));
    assert_eq!(world.call("counter").unwrap(), json!(1));
}

#[test]
fn the_cache_survives_a_restart_and_damage() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        let host = Host::new(folder.path(), limits()).unwrap();
        host.load(manifest("good", &[]), &answering("7")).unwrap();
        host.call("good", "run", &json!({}), &BTreeMap::new()).unwrap()
    };
    let files = || std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(start(), json!(7));
    assert_eq!(files().len(), 1);
    assert_eq!(start(), json!(7));
    for cut in [0, 20, 1_000] {
        let bytes = std::fs::read(&files()[0]).unwrap();
        std::fs::write(&files()[0], &bytes[..cut]).unwrap();
        assert_eq!(start(), json!(7), "after the file was cut at {cut}");
    }
    let mut bytes = std::fs::read(&files()[0]).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&files()[0], &bytes).unwrap();
    assert_eq!(start(), json!(7), "after a bit was turned");
}

#[test]
fn calls_run_at_the_same_time() {
    let world = World::new(limits());
    world.load("loops", &guest("(loop (br 0)) (i32.const 16)", "", 0)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(matches!(world.call("loops"), Err(Error::OutOfFuel { .. }))));
            scope.spawn(|| assert_eq!(world.call("good").unwrap(), json!(7)));
        }
    });
}
