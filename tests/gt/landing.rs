//! A landing asks the gates of the moment `land` about what has come to the target since the last one.

use crate::kit::repository;
use bd_tests::{Sandbox, Work};

fn convoy(work: &Work, name: &str) -> String {
    let id = work.create(&format!("The work of {name}"), &[]);
    work.gt(&["convoy", "create", name, &id]).ok();
    work.bd(&["close", &id, "--reason", "done"]).ok();
    id
}

const GATES: &str = "[[gate]]\nid = \"no-sleep\"\nkind = \"scan\"\nrule = \"no-sleep\"\nwhen = [\"land\"]\naction = \"block\"\npaths = [\"**/*_test.go\"]\n\n[[gate]]\nid = \"builds\"\nkind = \"command\"\nrun = \"test -f src/code.sh\"\nwhen = [\"land\"]\naction = \"block\"\n";
const SLEEPS: &str = "package x\n\nimport (\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestA(t *testing.T) {\n\ttime.Sleep(time.Second)\n\tif answer() != 42 {\n\t\tt.Fatal(\"no\")\n\t}\n}\n";

// goal: W8 W15 tier1
#[test]
fn a_convoy_lands_only_where_the_gates_of_land_let_it() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox, "ann");
    ann.write(".beads/gates.toml", GATES);
    ann.commit_all("Gates");
    convoy(&ann, "One");
    // A program that nobody here trusts is an error, and an error blocks.
    let untrusted = ann.gt(&["convoy", "land", "one"]);
    untrusted.fails(4);
    assert!(untrusted.stderr().contains("gate builds: "), "{untrusted}");
    assert_eq!(ann.gt(&["convoy", "list", "--json"]).json()[0]["status"], "open");
    ann.bd(&["trust", ".beads/gates.toml"]).ok();
    let dry = ann.gt(&["convoy", "land", "one", "--dry-run", "--json"]).json();
    assert_eq!((&dry["can_land"], &dry["changed"]), (&true.into(), &false.into()), "{dry}");
    let gates: Vec<&str> = dry["gates"].as_array().unwrap().iter().filter_map(|g| g["gate"].as_str()).collect();
    assert!(gates.contains(&"no-sleep") && gates.contains(&"builds"), "{dry}");
    ann.gt(&["convoy", "land", "one"]).ok();
    // What comes after it is judged at the next one.
    ann.commit_file("x_test.go", SLEEPS);
    convoy(&ann, "Two");
    let dry = ann.gt(&["convoy", "land", "two", "--dry-run"]);
    assert!(dry.ok().contains("cannot land") && dry.stdout().contains("gate no-sleep: "), "{dry}");
    let refused = ann.gt(&["convoy", "land", "two"]);
    refused.fails(4);
    assert!(refused.stderr().contains("gate no-sleep: ") && refused.stderr().contains("bd gate check "), "{refused}");
    let open = ann.gt(&["convoy", "list", "--json"]).json();
    assert_eq!((&open[0]["id"], &open[0]["status"]), (&"two".into(), &"open".into()), "{open}");
    // Nobody gets around it by another branch's definitions: those of the target count.
    ann.git(&["switch", "-q", "-c", "loose"]).ok();
    ann.write(".beads/gates.toml", "");
    ann.commit_all("No gates");
    ann.gt(&["convoy", "land", "two"]).fails(4);
    ann.git(&["switch", "-q", "main"]).ok();
    ann.commit_file("x_test.go", &SLEEPS.replace("\ttime.Sleep(time.Second)\n", "").replace("\t\"time\"\n", ""));
    ann.gt(&["convoy", "land", "two"]).ok();
    assert!(ann.gt(&["convoy", "land", "two"]).ok().starts_with("Has landed already"));
}

// goal: W8 W15 tier1
#[test]
fn what_landed_before_is_not_judged_again() {
    let sandbox = Sandbox::new();
    let ann = repository(&sandbox, "ann");
    convoy(&ann, "One");
    ann.gt(&["convoy", "land", "one"]).ok();
    let first = ann.rev("HEAD");
    ann.commit_file("more.txt", "more\n");
    convoy(&ann, "Two");
    ann.commit_file("x_test.go", SLEEPS);
    let refused = ann.gt(&["convoy", "land", "two"]);
    assert!(refused.code() == 4 && refused.stderr().contains(&format!("{}..", &first[..10])), "{refused}");
}
