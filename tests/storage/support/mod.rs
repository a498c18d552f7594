//! What the tests stand on: engines to run on, a world with people in it, a disk in memory.

pub mod disk;
pub mod engines;
pub mod world;

/// Runs every test on every engine, each under the engine's name. A second engine is one more module here.
macro_rules! conformance {
    ($($(#[$attribute:meta])* async fn $name:ident($world:ident: World) $body:block)*) => {
        $($(#[$attribute])* async fn $name($world: $crate::support::world::World) $body)*

        mod redb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::engines::redb().await).await
            })*
        }
    };
}
