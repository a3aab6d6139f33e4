"""Every tool of beads-mcp, unmodified, through the Model Context Protocol against our `bd`.

Run by tests/real/run with the interpreter of the client's own virtual environment: mcp.py VERSION, BD_BIN = the bd under
test. Effects are asserted through `bd show --json`, not through what the client says. No tool may answer with an error, an
empty list included; what must fail is asked for by name.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")  # the client library's own deprecations

from fastmcp import Client
from fastmcp.client.transports import StdioTransport

VERSION = sys.argv[1]
NEW = VERSION.startswith("1.")
BD = os.environ["BD_BIN"]

BASE_TOOLS = {
    "admin", "blocked", "close", "context", "create", "dep", "discover_tools", "get_tool_info", "list", "ready", "reopen",
    "show", "stats", "update",
}
TOOLS = BASE_TOOLS | ({"claim", "comment", "comments", "note"} if NEW else set())

ISSUE_KEYS = {"id", "title", "status", "priority"}


class Failure(Exception):
    """What a check found."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def value_of(result):
    """The answer of a tool: its structured form where it has one, else its text, as JSON where it is JSON."""
    structured = getattr(result, "structured_content", None)
    if structured is not None:
        return structured["result"] if set(structured) == {"result"} else structured
    texts = [c.text for c in result.content if hasattr(c, "text")]
    if not texts:
        return None
    try:
        return json.loads(texts[0]) if len(texts) == 1 else [json.loads(t) for t in texts]
    except ValueError:
        return texts[0]


class World:
    """A scratch repository, our bd in it, and the client's server beside it."""

    def __init__(self, scratch):
        self.home = scratch / "home"
        self.repo = scratch / "work"
        self.bin = scratch / "bin"
        for folder in (self.home, self.repo, self.bin):
            folder.mkdir()
        os.symlink(BD, self.bin / "bd")
        self.env = {
            "HOME": str(self.home),
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": str(self.home / "gitconfig"),
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "ignore",
        }
        for key, value in (("user.name", "Ann"), ("user.email", "ann@example.org"), ("init.defaultBranch", "main")):
            self.run("git", "config", "--global", key, value)
        self.run("git", "init", "-q")
        self.log = scratch / "server.log"
        self.used = set()
        self.client = None

    def run(self, *argv, ok=True):
        done = subprocess.run(argv, cwd=self.repo, env=self.env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if ok and done.returncode != 0:
            raise Failure(f"{' '.join(argv)} ended with {done.returncode}: {done.stderr}")
        return done

    def bd(self, *argv):
        return json.loads(self.run("bd", *argv, "--json").stdout)

    def issue(self, ident):
        return self.bd("show", ident)[0]

    def server(self):
        env = dict(self.env, BEADS_ACTOR="claude", BEADS_NO_AUTO_FLUSH="1", BEADS_NO_AUTO_IMPORT="1")
        command = str(Path(sys.executable).parent / "beads-mcp")
        return StdioTransport(command=command, args=[], env=env, cwd=str(self.repo), log_file=self.log)

    async def call(self, tool, **args):
        """The answer of a tool; an error in any of the client's forms raises."""
        self.used.add(tool)
        result = await self.client.call_tool(tool, args)
        value = value_of(result)
        expect(not getattr(result, "is_error", False), f"{tool}{args}: {value}")
        expect(not (isinstance(value, str) and value.startswith("Error")), f"{tool}{args}: {value}")
        expect(not (isinstance(value, dict) and "error" in value), f"{tool}{args}: {value}")
        return value

    async def refused(self, tool, **args):
        """The message with which a tool fails; succeeding raises."""
        self.used.add(tool)
        try:
            result = await self.client.call_tool(tool, args)
        except Exception as error:  # the client library's own classes differ between its versions
            return str(error)
        value = value_of(result)
        expect(isinstance(value, str) and value.startswith("Error"), f"{tool}{args} succeeded with {value}")
        return value


async def tools_are_all_there(w):
    names = {tool.name for tool in await w.client.list_tools()}
    expect(names == TOOLS, f"tools {sorted(names ^ TOOLS)} came or went")
    catalogue = await w.call("discover_tools")
    expect(set(catalogue["tools"]) <= names, catalogue)
    for name in sorted(catalogue["tools"]):
        if name not in ("discover_tools", "get_tool_info"):
            info = await w.call("get_tool_info", tool_name=name)
            expect(info["name"] == name, info)


async def context_and_init(w):
    shown = await w.call("context")
    expect("not set" in shown, shown)
    said = await w.call("context", workspace_root=str(w.repo))
    expect(str(w.repo) in said, said)
    await w.call("context", action="init", prefix="proj")
    said = await w.call("context", action="set", workspace_root=str(w.repo))
    expect("successfully" in said and (not NEW or "Not found" not in said), said)
    shown = await w.call("context", action="show")
    expect(str(w.repo) in shown, shown)
    before = w.run("git", "rev-parse", "refs/beads/state", ok=False).stdout
    await w.call("context", action="init", prefix="proj")
    after = w.run("git", "rev-parse", "refs/beads/state", ok=False).stdout
    expect(before == after, "a second init changed the store")


async def empty_lists(w):
    for tool in ("ready", "list", "blocked"):
        expect(await w.call(tool) == [], f"{tool} of an empty store")
    expect(await w.call("list", status="closed") == [], "closed beads of an empty store")
    expect(await w.call("ready", brief=True) == [], "brief ready of an empty store")
    stats = await w.call("stats")
    expect(stats["summary"]["total_issues"] == 0, stats)
    for action in ("validate", "repair", "schema", "debug", "migration", "pollution"):
        answer = await w.call("admin", action=action)
        expect(answer, f"admin {action} of an empty store said nothing")


async def quickstart_resource(w):
    content = await w.client.read_resource("beads://quickstart")
    text = content[0].text
    expect("bd ready" in text and "bd create" in text, text[:400])
    expect("Error" not in text, text[:400])


async def create_with_every_field(w):
    made = await w.call("create", title="An epic", issue_type="epic", priority=1)
    expect(made["action"] == "created" and made["id"].startswith("proj-"), made)
    w.epic = made["id"]
    full = await w.call(
        "create", title="Parse the - dashes", description="- a list\n- that begins with a dash", design="-d", acceptance="* all",
        external_ref="gh-9", priority=0, issue_type="bug", assignee="bob", labels=["net", "ui"], brief=False,
        workspace_root=str(w.repo),
    )
    w.full = full["id"]
    shown = w.issue(w.full)
    for key, value in {
        "title": "Parse the - dashes", "description": "- a list\n- that begins with a dash", "design": "-d",
        "acceptance_criteria": "* all", "external_ref": "gh-9", "priority": 0, "issue_type": "bug", "assignee": "bob",
        "labels": ["net", "ui"], "status": "open",
    }.items():
        expect(shown.get(key) == value, f"{key}: {shown.get(key)!r}, not {value!r}")
        expect(full.get(key) == value, f"the answer's {key}: {full.get(key)!r}")
    w.named = (await w.call("create", title="With a name", id="proj-abc123"))["id"]
    expect(w.named == "proj-abc123", w.named)
    linked = await w.call("create", title="Found on the way", deps=[w.named, f"discovered-from:{w.full}"], brief=False)
    w.linked = linked["id"]
    kinds = {d["id"]: d["dependency_type"] for d in w.issue(w.linked)["dependencies"]}
    expect(kinds == {w.named: "blocks", w.full: "discovered-from"}, kinds)


async def dep_of_every_type(w):
    for kind in ("blocks", "related", "parent-child", "discovered-from"):
        target = w.epic if kind == "parent-child" else w.named
        source = w.bd("create", f"source of {kind}")["id"]
        said = await w.call("dep", issue_id=source, depends_on_id=target, dep_type=kind)
        expect("Added" in said, said)
        kinds = [(d["id"], d["dependency_type"]) for d in w.issue(source)["dependencies"]]
        expect((target, kind) in kinds, f"{kind}: {kinds}")
    loop = await w.refused("dep", issue_id=w.named, depends_on_id=w.linked)
    expect("circle" in loop or "cycle" in loop, loop)
    expect(w.linked not in [d["id"] for d in w.issue(w.named)["dependencies"]], "a refused edge is there")


async def show_in_every_form(w):
    full = await w.call("show", issue_id=w.linked)
    expect({d["id"] for d in full["dependencies"]} == {w.named, w.full}, full)
    expect(set(await w.call("show", issue_id=w.linked, brief=True)) == ISSUE_KEYS, "brief")
    brief = await w.call("show", issue_id=w.linked, brief_deps=True)
    expect(set(brief["dependencies"][0]) == ISSUE_KEYS | {"dependency_type"}, brief)
    fields = await w.call("show", issue_id=w.full, fields=["id", "labels", "created_at"])
    expect(set(fields) == {"id", "labels", "created_at"}, fields)
    cut = await w.call("show", issue_id=w.full, max_description_length=6)
    expect(cut["description"] == "- a li...", cut)
    of_epic = await w.call("show", issue_id=w.epic)
    expect([d["dependency_type"] for d in of_epic["dependents"]] == ["parent-child"], of_epic["dependents"])
    said = await w.refused("show", issue_id="proj-nothere")
    expect("nothere" in said, said)


async def lists_with_every_filter(w):
    def ids(rows):
        return {row["id"] for row in rows}

    everything = ids(await w.call("list", limit=100))
    expect({w.epic, w.full, w.named, w.linked} <= everything, everything)
    for filters, wanted in (
        ({"status": "open", "issue_type": "bug"}, {w.full}), ({"issue_type": "epic"}, {w.epic}), ({"priority": 0}, {w.full}),
        ({"assignee": "bob"}, {w.full}), ({"labels": ["net", "ui"]}, {w.full}), ({"labels": ["net", "no"]}, set()),
        ({"labels_any": ["no", "ui"]}, {w.full}), ({"query": "DASHES"}, {w.full}), ({"status": "closed"}, set()),
    ):
        found = ids(await w.call("list", **filters))
        expect(found == wanted, f"list {filters}: {found}, not {wanted}")
    expect(w.full not in ids(await w.call("list", unassigned=True, limit=100)), "an assigned bead among the unassigned")
    expect(len(await w.call("list", limit=1)) == 1, "limit")
    expect(set((await w.call("list", brief=True))[0]) == ISSUE_KEYS, "brief")
    expect(set((await w.call("list", fields=["id", "title"]))[0]) == {"id", "title"}, "fields")
    await w.call("list", max_description_length=3, workspace_root=str(w.repo))

    ready = ids(await w.call("ready", limit=100))
    expect(w.full in ready and w.linked not in ready, f"ready: {ready}")
    child = next(d["id"] for d in w.issue(w.epic)["dependents"])
    for filters, wanted in (
        ({"priority": 0}, {w.full}), ({"assignee": "bob"}, {w.full}), ({"labels": ["net"]}, {w.full}),
        ({"labels_any": ["net", "no"]}, {w.full}), ({"assignee": "nobody"}, set()),
    ):
        found = ids(await w.call("ready", **filters))
        expect(found == wanted, f"ready {filters}: {found}, not {wanted}")
    expect(w.full not in ids(await w.call("ready", unassigned=True, limit=100)), "an assigned bead among the unassigned")
    for policy in ("hybrid", "priority", "oldest"):
        expect(ids(await w.call("ready", sort_policy=policy, limit=100)) == ready, f"sort {policy}")
    if NEW:
        expect(ids(await w.call("ready", issue_type="bug")) == {w.full}, "ready by type")
    expect(set((await w.call("ready", brief=True))[0]) == ISSUE_KEYS, "brief ready")
    expect(set((await w.call("ready", fields=["id"]))[0]) == {"id"}, "fields of ready")
    await w.call("ready", max_description_length=3, workspace_root=str(w.repo))
    expect(child in ready, "the child of an open epic is not ready")


async def blocked_in_every_form(w):
    rows = {row["id"]: row for row in await w.call("blocked")}
    expect(rows[w.linked]["blocked_by"] == [w.named] and rows[w.linked]["blocked_by_count"] == 1, rows[w.linked])
    expect(w.full not in rows, "a free bead among the blocked")
    expect(set((await w.call("blocked", brief=True))[0]) == ISSUE_KEYS, "brief")
    await w.call("blocked", brief_deps=True, workspace_root=str(w.repo))


async def many_beads_are_compacted(w):
    for n in range(22):
        w.bd("create", f"bulk {n}", "-p", "4")
    page = await w.call("list", limit=100)
    expect(page["compacted"] and page["total_count"] >= 22 and page["preview_count"] == 5, page)
    expect((await w.call("ready", limit=100))["compacted"], "ready")


async def update_every_field(w):
    done = await w.call(
        "update", issue_id=w.full, priority=3, assignee="carol", title="- renamed", description="--json is text here",
        design="new", acceptance_criteria="none", notes="-1", external_ref="jira-ABC",
    )
    expect(done["id"] == w.full and done["action"] == "updated", done)
    shown = w.issue(w.full)
    for key, value in {
        "priority": 3, "assignee": "carol", "title": "- renamed", "description": "--json is text here", "design": "new",
        "acceptance_criteria": "none", "notes": "-1", "external_ref": "jira-ABC", "status": "open",
    }.items():
        expect(shown.get(key) == value, f"{key}: {shown.get(key)!r}, not {value!r}")
    whole = await w.call("update", issue_id=w.full, status="in_progress", brief=False, workspace_root=str(w.repo))
    expect(whole["status"] == "in_progress" and w.issue(w.full)["status"] == "in_progress", whole)
    for status in ("blocked", "deferred", "in_progress"):
        await w.call("update", issue_id=w.full, status=status)
        expect(w.issue(w.full)["status"] == status, status)
    closed = await w.call("update", issue_id=w.full, status="closed")
    expect(closed["action"] == "closed" and w.issue(w.full)["status"] == "closed", closed)
    # brief=True fails inside 0.49.6 itself: it asks the list that its reopen returns for an id.
    await w.call("update", issue_id=w.full, status="open", brief=False)
    expect(w.issue(w.full)["status"] == "open", "reopened by update")
    said = await w.refused("update", issue_id=w.full, status="no such status")
    expect("no such status" in said, said)
    expect(w.issue(w.full)["status"] == "open", "a refused status was set")


async def close_and_reopen(w):
    done = await w.call("close", issue_id=w.named, reason="- done, see PR")
    expect([d["action"] for d in done] == ["closed"], done)
    shown = w.issue(w.named)
    expect(shown["status"] == "closed" and shown["close_reason"] == "- done, see PR" and shown["closed_at"], shown)
    expect(w.linked in {row["id"] for row in w.bd("ready", "-n", "0")}, "closing freed nothing")
    whole = await w.call("close", issue_id=w.linked, brief=False)
    expect(whole[0]["id"] == w.linked and w.issue(w.linked)["close_reason"] == "Completed", whole)
    done = await w.call("reopen", issue_ids=[w.named, w.linked], reason="not yet")
    expect([d["id"] for d in done] == [w.named, w.linked], done)
    for ident in (w.named, w.linked):
        shown = w.issue(ident)
        expect(shown["status"] == "open" and not shown.get("closed_at"), shown)
    whole = await w.call("reopen", issue_ids=[w.named], brief=False)
    expect(whole[0]["status"] == "open", whole)
    said = await w.refused("close", issue_id="proj-nothere")
    expect("nothere" in said, said)


async def claim_comment_note(w):
    if not NEW:
        return
    done = await w.call("claim", issue_id=w.named)
    expect(done["action"] == "claimed", done)
    shown = w.issue(w.named)
    expect(shown["assignee"] == "claude" and shown["status"] == "in_progress", shown)
    other = w.bd("create", "somebody else's")["id"]
    w.run("bd", "--actor", "dave", "update", other, "--claim")
    said = await w.refused("claim", issue_id=other)
    expect("dave" in said, said)
    expect(w.issue(other)["assignee"] == "dave", "a lost claim took the bead")
    expect(await w.call("comments", issue_id=w.named) == [], "no comments yet")
    await w.call("comment", issue_id=w.named, text="--force is no flag here")
    await w.call("comment", issue_id=w.named, text="- and a second one", workspace_root=str(w.repo))
    listed = await w.call("comments", issue_id=w.named)
    expect([c["text"] for c in listed] == ["--force is no flag here", "- and a second one"], listed)
    expect({c["author"] for c in listed} == {"claude"} and len({c["id"] for c in listed}) == 2, listed)
    expect([c["text"] for c in w.issue(w.named)["comments"]] == [c["text"] for c in listed], "show has other comments")
    await w.call("note", issue_id=w.named, text="first")
    await w.call("note", issue_id=w.named, text="- second")
    notes = w.issue(w.named)["notes"]
    expect(notes.index("first") < notes.index("- second"), notes)


async def admin_with_every_action(w):
    before = {row["id"]: row["updated_at"] for row in w.bd("list", "--all", "-n", "0")}
    for args in (
        {"action": "validate"}, {"action": "validate", "checks": "orphans,duplicates,pollution,conflicts"},
        {"action": "validate", "fix_all": True}, {"action": "repair"}, {"action": "repair", "fix": True}, {"action": "schema"},
        {"action": "debug"}, {"action": "migration"}, {"action": "pollution"},
    ):
        expect(await w.call("admin", **args), args)
    schema = await w.call("admin", action="schema", workspace_root=str(w.repo))
    expect("proj" in json.dumps(schema), schema)
    after = {row["id"]: row["updated_at"] for row in w.bd("list", "--all", "-n", "0")}
    expect(before == after, "looking changed beads")
    trash = w.bd("create", "test issue 1")["id"]
    found = await w.call("admin", action="pollution")
    expect(trash in json.dumps(found), found)
    await w.call("admin", action="pollution", clean=True)
    expect(trash not in {row["id"] for row in w.bd("list", "--all", "-n", "0")}, "the detected bead is still listed")
    expect(set(before) <= {row["id"] for row in w.bd("list", "--all", "-n", "0")}, "others were deleted too")


async def the_store_is_well(w):
    w.run("bd", "status")
    w.run("bd", "verify")
    status = w.run("git", "status", "--porcelain", "--", ":!.beads").stdout
    expect(status == "", f"files outside .beads: {status}")
    expect(w.used == TOOLS, f"tools not driven: {sorted(TOOLS - w.used)}")


CHECKS = (
    tools_are_all_there, context_and_init, empty_lists, quickstart_resource, create_with_every_field, dep_of_every_type,
    show_in_every_form, lists_with_every_filter, blocked_in_every_form, update_every_field, close_and_reopen, claim_comment_note,
    admin_with_every_action, many_beads_are_compacted, the_store_is_well,
)


async def main():
    scratch = Path(tempfile.mkdtemp(prefix="bd-real-mcp-"))
    passed = failed = 0
    world = None
    try:
        world = World(scratch)
        async with Client(world.server()) as client:
            world.client = client
            for check in CHECKS:
                try:
                    await asyncio.wait_for(check(world), 60)
                    passed += 1
                    print(f"ok    {check.__name__}")
                except Exception as error:
                    failed += 1
                    print(f"FAIL  {check.__name__}: {type(error).__name__}: {error}")
    except Exception as error:
        failed += 1
        log = world.log.read_text(errors="replace")[-4000:] if world and world.log.exists() else ""
        print(f"FAIL  the server does not answer: {error}\n{log}")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    return failed == 0


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
