// beads-ui, unmodified, serving a board from our `bd` and driven in headless Chromium. Every change made in the page is
// asserted through `bd show --json`; a change by `bd` must appear in the page without a reload.
//
// Run by tests/real/run from the folder it is installed in: BD_BIN, CHROMIUM in the environment.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = path.dirname(fileURLToPath(import.meta.url));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'bd-real-ui-'));
const home = path.join(scratch, 'home');
const repo = path.join(scratch, 'work');
const bin = path.join(scratch, 'bin');
for (const folder of [home, repo, bin]) fs.mkdirSync(folder);
fs.symlinkSync(process.env.BD_BIN, path.join(bin, 'bd'));
const env = {
  HOME: home,
  PATH: `${bin}:${process.env.PATH}`,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: path.join(home, 'gitconfig'),
  LANG: 'C.UTF-8',
};
const TIMEOUT = 15000;

const run = (program, ...args) => execFileSync(program, args, { cwd: repo, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const bd = (...args) => JSON.parse(run('bd', ...args, '--json'));
const issue = (id) => bd('show', id)[0];

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

// What the page asked for reaches bd a moment later: looks until it holds, and says what it saw last.
async function eventually(look, wanted, what) {
  const end = Date.now() + TIMEOUT;
  let seen;
  for (;;) {
    seen = look();
    if (wanted(seen)) return seen;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(seen)}`);
    // gate:allow no-sleep -- a poll of a page in a browser, with a deadline in the line above
    await new Promise((done) => setTimeout(done, 50));
  }
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startServer(port) {
  const server = spawn(process.execPath, [path.join(here, 'node_modules/beads-ui/server/index.js'), '--port', String(port)], {
    cwd: repo,
    env: { ...env, DEBUG: 'beads-ui:bd,beads-ui:*', DEBUG_COLORS: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server.log = '';
  server.stderr.on('data', (chunk) => (server.log += chunk));
  await eventually(
    () => server.exitCode,
    (code) => {
      if (code !== null) throw new Error(`the server ended with ${code}: ${server.log}`);
      try {
        execFileSync('curl', ['-sf', `http://127.0.0.1:${port}/healthz`], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    },
    'the server does not answer',
  );
  return server;
}

const world = {};

// The page with a bead's dialog open and filled. beads-ui shows an empty dialog for a moment after each change (it takes
// the array of `show` for the bead), so every step opens it anew.
async function open(id) {
  const { page, url } = world;
  await page.goto('about:blank');
  await page.goto(`${url}/#/board?issue=${id}`);
  const dialog = page.locator('#issue-dialog');
  await dialog.locator('.detail-title span.editable', { hasText: /\S/ }).waitFor({ timeout: TIMEOUT });
  return dialog;
}

async function board() {
  const { page, url } = world;
  await page.goto('about:blank');
  await page.goto(`${url}/#/board`);
  await page.locator('#ready-col').waitFor({ timeout: TIMEOUT });
}

const card = (column, id) => world.page.locator(`#${column} [data-issue-id="${id}"]`);
const shows = (column, id) => card(column, id).waitFor({ timeout: TIMEOUT });

const checks = {
  async board_of_an_empty_store() {
    await board();
    for (const column of ['blocked-col', 'ready-col', 'in-progress-col', 'closed-col']) {
      expect((await world.page.locator(`#${column} .board-card`).count()) === 0, `a card in ${column}`);
    }
  },

  async board_shows_what_bd_created() {
    world.first = bd('create', 'First of the shell', '-p', '1', '-t', 'bug').id;
    world.second = bd('create', 'Second of the shell').id;
    world.waiting = bd('create', 'Waits', '--deps', world.second).id;
    world.doing = bd('create', 'In hand').id;
    run('bd', 'update', world.doing, '--status', 'in_progress');
    world.done = bd('create', 'Over').id;
    run('bd', 'close', world.done, '--reason', 'done');
    await board();
    await shows('ready-col', world.first);
    await shows('ready-col', world.second);
    await shows('blocked-col', world.waiting);
    await shows('in-progress-col', world.doing);
    await shows('closed-col', world.done);
    expect((await card('ready-col', world.waiting).count()) === 0, 'a blocked bead in the ready column');
  },

  async a_change_by_bd_appears_without_a_reload() {
    await board();
    await shows('ready-col', world.first);
    world.loads = 0;
    world.page.on('load', () => (world.loads += 1));
    // beads-ui drops what changes within a second of its last refresh; the next change brings both.
    const comes = async (id, column) => {
      for (let attempt = 0; attempt < 6; attempt += 1) {
        try {
          return await card(column, id).waitFor({ timeout: 1500 });
        } catch {
          run('bd', 'note', world.second, `attempt ${attempt}`);
        }
      }
      return shows(column, id);
    };
    const made = bd('create', 'Made while the page is open').id;
    await comes(made, 'ready-col');
    run('bd', 'close', made, '--reason', 'seen');
    await comes(made, 'closed-col');
    await card('ready-col', made).waitFor({ state: 'detached', timeout: TIMEOUT });
    expect(world.loads === 0, 'the page was loaded again');
  },

  async create_in_the_page() {
    const { page } = world;
    await board();
    await page.click('#new-issue-btn');
    await page.fill('#new-title', '- Made in the page');
    await page.selectOption('#new-type', 'feature');
    await page.selectOption('#new-priority', '0');
    await page.fill('#new-description', '- with a list\n- of two');
    await page.click('#btn-create');
    const [made] = await eventually(() => bd('list', '--title', 'Made in the page'), (rows) => rows.length === 1, 'list');
    world.made = made.id;
    const shown = issue(made.id);
    expect(shown.title === '- Made in the page' && shown.issue_type === 'feature' && shown.priority === 0, JSON.stringify(shown));
    expect(shown.description === '- with a list\n- of two', shown.description);
    await shows('ready-col', made.id);
  },

  async edit_in_the_page() {
    let dialog = await open(world.first);
    await dialog.locator('.detail-title span.editable').click();
    await dialog.locator('h2 input').fill('Renamed in the page');
    await dialog.locator('h2 button', { hasText: 'Save' }).click();
    await eventually(() => issue(world.first).title, (title) => title === 'Renamed in the page', 'title');

    for (const [label, area, key] of [
      ['Edit description', '.description', 'description'],
      ['Edit design', '.design', 'design'],
      ['Edit notes', '.notes', 'notes'],
      ['Edit acceptance criteria', '.acceptance', 'acceptance_criteria'],
    ]) {
      dialog = await open(world.first);
      await dialog.locator(`[aria-label="${label}"]`).click();
      await dialog.locator(`${area} textarea`).fill(`- ${key} of the page`);
      await dialog.locator(`${area} button`, { hasText: 'Save' }).click();
      await eventually(() => issue(world.first)[key], (value) => value === `- ${key} of the page`, key);
    }

    dialog = await open(world.first);
    await dialog.locator('select.badge--priority').selectOption('4');
    await eventually(() => issue(world.first).priority, (value) => value === 4, 'priority');

    dialog = await open(world.first);
    await dialog.locator('[aria-label="Edit assignee"]').click();
    await dialog.locator('.assignee input').fill('dora');
    await dialog.locator('.assignee button', { hasText: 'Save' }).click();
    await eventually(() => issue(world.first).assignee, (value) => value === 'dora', 'assignee');

    dialog = await open(world.first);
    await dialog.locator('[aria-label="Edit assignee"]').click();
    await dialog.locator('.assignee input').fill('');
    await dialog.locator('.assignee button', { hasText: 'Save' }).click();
    await eventually(() => issue(world.first).assignee, (value) => !value, 'assignee cleared');

    dialog = await open(world.first);
    await dialog.locator('.labels input').fill('from-page');
    await dialog.locator('.labels button', { hasText: 'Add' }).click();
    await eventually(() => issue(world.first).labels, (labels) => labels.includes('from-page'), 'label');

    dialog = await open(world.first);
    await dialog.locator('[aria-label="Remove label from-page"]').click();
    await eventually(() => issue(world.first).labels, (labels) => labels.length === 0, 'label removed');
  },

  async depend_in_the_page() {
    let dialog = await open(world.first);
    await dialog.locator('[data-testid="add-dependency"]').fill(world.second);
    await dialog.locator('[data-testid="add-dependency"] + button').click();
    const edges = (id) => issue(id).dependencies.map((d) => `${d.dependency_type} ${d.id}`);
    await eventually(() => edges(world.first), (all) => all.includes(`blocks ${world.second}`), 'dependency');
    await board();
    await shows('blocked-col', world.first);

    dialog = await open(world.first);
    await dialog.locator(`[aria-label="Remove dependency ${world.second}"]`).click();
    await eventually(() => edges(world.first), (all) => all.length === 0, 'dependency removed');
    await board();
    await shows('ready-col', world.first);
  },

  async comment_in_the_page() {
    const { page } = world;
    let dialog = await open(world.first);
    await dialog.locator('.comment-input textarea').fill('--said in the page');
    await dialog.locator('.comment-input button').click();
    await dialog.locator('.comment-text', { hasText: '--said in the page' }).waitFor({ timeout: TIMEOUT });
    const [comment] = await eventually(() => issue(world.first).comments, (all) => all.length === 1, 'comments');
    expect(comment.text === '--said in the page' && comment.author === 'Ann', JSON.stringify(comment));
    run('bd', 'comment', world.first, 'said in the shell');
    dialog = await open(world.first);
    await dialog.locator('.comment-text', { hasText: 'said in the shell' }).waitFor({ timeout: TIMEOUT });
    expect((await page.locator('.comment-item').count()) === 2, 'comments of the page');
  },

  async close_and_reopen_in_the_page() {
    let dialog = await open(world.first);
    await dialog.locator('select.badge--status').selectOption('closed');
    await eventually(() => issue(world.first), (shown) => shown.status === 'closed' && shown.closed_at, 'closed');
    await board();
    await shows('closed-col', world.first);
    dialog = await open(world.first);
    await dialog.locator('select.badge--status').selectOption('open');
    await eventually(() => issue(world.first), (shown) => shown.status === 'open' && !shown.closed_at, 'reopened');
    dialog = await open(world.first);
    await dialog.locator('select.badge--status').selectOption('in_progress');
    await eventually(() => issue(world.first).status, (status) => status === 'in_progress', 'in progress');
    await board();
    await shows('in-progress-col', world.first);
  },

  async a_card_is_dragged() {
    const { page } = world;
    await board();
    await card('ready-col', world.second).dragTo(page.locator('#in-progress-col .board-column__body'));
    await eventually(() => issue(world.second).status, (status) => status === 'in_progress', 'dragged');
  },

  async issues_and_epics() {
    const { page, url } = world;
    const epic = bd('create', 'The epic', '-t', 'epic').id;
    const child = bd('create', 'Its child', '--parent', epic).id;
    const over = bd('create', 'Its closed child', '--parent', epic).id;
    run('bd', 'close', over);
    await page.goto('about:blank');
    await page.goto(`${url}/#/epics`);
    const group = page.locator(`[data-epic-id="${epic}"]`);
    await group.locator(`text=1/2`).waitFor({ timeout: TIMEOUT });
    await group.locator(`tr`, { hasText: 'Its child' }).waitFor({ timeout: TIMEOUT });
    await page.goto('about:blank');
    await page.goto(`${url}/#/issues`);
    await page.locator(`#list-root tr[data-issue-id="${child}"]`).waitFor({ timeout: TIMEOUT });
    expect((await page.locator(`#list-root tr[data-issue-id="nothere"]`).count()) === 0, 'a row of no bead');
  },

  async delete_in_the_page() {
    const { page } = world;
    const dialog = await open(world.made);
    await dialog.locator('.delete-issue-btn').click();
    await page.click('#delete-confirm-btn');
    const there = () => bd('list', '--all', '-n', '0').some((row) => row.id === world.made);
    await eventually(there, (is) => !is, 'deleted');
    run('bd', 'restore', world.made);
    expect(issue(world.made).title === '- Made in the page', 'restored by bd');
  },

  async the_page_met_no_error() {
    expect(world.errors.length === 0, world.errors.join('\n'));
    const failed = world.server.log.split('\n').filter((line) => /bd exited with code|invalid JSON|spawn error|bd failed/.test(line));
    expect(failed.length === 0, failed.join('\n'));
    run('bd', 'status');
    const strangers = run('git', 'status', '--porcelain', '--', ':!.beads');
    expect(strangers === '', `files outside .beads: ${strangers}`);
  },
};

let passed = 0;
let failed = 0;
let browser;
try {
  run('git', 'config', '--global', 'user.name', 'Ann');
  run('git', 'config', '--global', 'user.email', 'ann@example.org');
  run('git', 'config', '--global', 'init.defaultBranch', 'main');
  run('git', 'init', '-q');
  run('bd', 'init', '--prefix', 'ui');
  // beads-ui watches the files of .beads/; the view is the one that changes with each command.
  run('bd', 'config', 'set', 'view.issues', 'each');
  const port = await freePort();
  world.url = `http://127.0.0.1:${port}`;
  world.server = await startServer(port);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
  world.page = await browser.newPage();
  world.page.setDefaultTimeout(TIMEOUT);
  world.errors = [];
  world.page.on('pageerror', (error) => world.errors.push(String(error)));
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      passed += 1;
      console.log(`ok    ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${name}: ${error.message}`);
      if (process.env.BD_REAL_SHOTS) await world.page.screenshot({ path: path.join(process.env.BD_REAL_SHOTS, `${name}.png`) });
    }
  }
} catch (error) {
  failed += 1;
  console.log(`FAIL  setting up: ${error.message}\n${error.stderr ?? ''}`);
} finally {
  await browser?.close();
  world.server?.kill();
  fs.rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
