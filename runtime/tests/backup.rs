//! A backup is made while runs go on, is read back, and becomes a folder whose runs go on under other idempotency keys.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod toy;

use runtime::backup::{backup, restore};
use runtime::engine::{Engine, EngineError, EngineOptions};
use runtime::{Answer, Data, EffectContext};
use std::io::Write;
use std::path::Path;
use toy::*;

/// Leaves its idempotency key, and then never ends.
async fn leave_key(context: EffectContext, _arguments: Vec<Data>) -> Answer {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(context.base.join("keys")).unwrap();
    file.write_all(format!("{}\n", context.idempotency_key).as_bytes()).unwrap();
    std::future::pending().await
}

fn keys(world: &World) -> Vec<String> {
    let text = std::fs::read_to_string(world.folder.path().join("keys")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn open(world: &World, data: &Path) -> Engine {
    let mut natives = natives();
    natives.effect("toy.hang", leave_key);
    Engine::open(EngineOptions { data_dir: data.to_owned(), natives, ..world.options() }).unwrap()
}

#[test]
fn a_restored_folder_goes_on_under_other_keys_and_its_original_under_its_own() {
    let world = World::new();
    let path = |name: &str| world.folder.path().join(name);
    let (data, copy, restored) = (path("data"), path("monday"), path("restored"));
    let engine = open(&world, &data);
    let run = start(&engine, program(&[TOUCH, HANG], 1, None, vec![]));
    until("the operation", || keys(&world).len() == 1);
    std::fs::create_dir_all(data.join("runs/private")).unwrap();
    std::fs::write(data.join("runs/private/part.csv"), "1,2").unwrap();
    let contents = backup(&data, &copy).unwrap();
    assert_eq!(contents.going_on.iter().map(|goes_on| goes_on.run).collect::<Vec<_>>(), [run]);
    assert!(!copy.join("secret.key").exists());
    assert!(matches!(backup(&data, &copy), Err(EngineError::Occupied { .. })));

    restore(&copy, &restored).unwrap();
    assert!(matches!(restore(&copy, &restored), Err(EngineError::Occupied { .. })));
    assert!(matches!(restore(&copy, &data), Err(EngineError::Held { .. })));
    assert_eq!(std::fs::read_to_string(restored.join("runs/private/part.csv")).unwrap(), "1,2");
    let again = open(&world, &restored);
    until("the operation of the restored folder", || keys(&world).len() == 2);
    drop((engine, again));
    let engine = open(&world, &data);
    until("the operation of the original", || keys(&world).len() == 3);
    drop(engine);
    let keys = keys(&world);
    assert_ne!(keys[0], keys[1], "what the restored folder does is no repetition");
    assert_eq!(keys[0], keys[2], "what the original does again is one");
    assert_eq!(world.touched().len(), 1, "what was done before the backup is not done again");
}

#[test]
fn what_is_no_sound_backup_becomes_no_folder() {
    let world = World::new();
    let path = |name: &str| world.folder.path().join(name);
    let (data, copy) = (path("data"), path("monday"));
    drop(open(&world, &data));
    assert!(matches!(restore(&path("nothing"), &path("new")), Err(EngineError::NoBackup { .. })));
    assert!(matches!(backup(&path("nothing"), &path("new")), Err(EngineError::Missing { .. })));
    backup(&data, &copy).unwrap();
    let file = copy.join("backup.db");
    let sound = std::fs::read(&file).unwrap();

    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let newer = restore(&copy, &path("new"));
    assert!(matches!(newer, Err(EngineError::Newer { found: 999, .. })), "{newer:?}");

    let mut damaged = sound.clone();
    damaged[2 * 4096..3 * 4096].fill(0xEE);
    std::fs::write(&file, damaged).unwrap();
    let refused = restore(&copy, &path("new"));
    assert!(matches!(refused, Err(EngineError::Corrupt { .. })), "{refused:?}");

    std::fs::write(&file, &sound[..sound.len() / 2]).unwrap();
    let refused = restore(&copy, &path("new"));
    assert!(matches!(refused, Err(EngineError::Corrupt { .. })), "{refused:?}");
    assert!(!path("new").join("taskwright.db").exists());
    std::fs::write(&file, sound).unwrap();
    restore(&copy, &path("new")).unwrap();
}
