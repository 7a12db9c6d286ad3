//! Programs in the real machine: in one go, or stopped, saved and loaded all the time.

use crate::reference::{End, Failure};
use crate::world::World;
use bytecode::Image;
use runtime::vm::{Program, Stop, Vm};
use serde_json::Value as Json;
use std::rc::Rc;
use std::sync::Arc;

/// More than any program of these tests takes.
const FUEL: u64 = 50_000_000;

/// When a machine is written out and read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Never.
    Never,
    /// Whenever it asks for something, and whenever it has used so much fuel.
    Every(u64),
}

/// A compiled project, ready to run.
pub struct Machine {
    program: Rc<Program>,
    image: Arc<Image>,
}

impl Machine {
    /// Links an image.
    pub fn new(image: Image) -> Self {
        let image = Arc::new(image);
        let program = Program::new(Arc::clone(&image), &stdlib::natives()).expect("a compiled image can be run");
        Machine { program, image }
    }

    /// Runs a task without arguments.
    pub fn run(&self, task: &str, world: &mut World, saved: Saved) -> End {
        let at = self.image.tasks.iter().position(|each| each.name == task).expect("the task is in the image");
        let mut vm = Vm::task(Rc::clone(&self.program), at, &[]).expect("the task takes no arguments");
        let fuel = match saved {
            Saved::Never => FUEL,
            Saved::Every(fuel) => fuel,
        };
        loop {
            let stop = vm.run(fuel);
            if saved != Saved::Never && matches!(stop, Stop::Operation(_) | Stop::OutOfFuel) {
                vm = Vm::load(Rc::clone(&self.program), &vm.save()).expect("what was saved can be loaded");
            }
            match stop {
                Stop::Done(data) => {
                    let result = self.image.tasks[at].result;
                    return End::Value(runtime::json::encode(&self.image.types, result, &data));
                }
                Stop::Failed(error) => {
                    let place = error.place.map(|place| self.program.describe(place)).unwrap_or_default();
                    return End::Failure { kind: error.failure.kind, message: error.failure.message, place };
                }
                Stop::Waiting | Stop::Cancel(_) => panic!("`{task}` waits for what was answered"),
                Stop::OutOfFuel => assert!(saved != Saved::Never, "`{task}` does not end"),
                Stop::Operation(request) => {
                    let native = &self.image.natives[usize::from(request.native.0)];
                    let types = &self.image.types;
                    let given = native.parameters.iter().zip(&request.arguments);
                    let arguments: Vec<Json> =
                        given.map(|(type_, data)| runtime::json::encode(types, *type_, data)).collect();
                    let outcome = world.answer(&native.name, arguments).map(|json| {
                        runtime::json::decode(types, native.result, &json).expect("the script knows the types")
                    });
                    vm.resume(
                        request.operation,
                        outcome.map_err(|Failure { kind, message }| {
                            let retryable = kind == "timeout";
                            runtime::Failure { kind, message, retryable }
                        }),
                    );
                }
            }
        }
    }
}
