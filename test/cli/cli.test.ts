import {Buffer} from 'node:buffer';
import {chmod, mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {describe, expect, it, onTestFinished} from 'vitest';
import {startPeer, startTracker} from '../e2e/swarm.js';
import {join} from '../peer/scripted-peer.js';
import {temporaryFolder, until} from '../wait.js';
import {run, start} from './run.js';

const serving = ['--port', '0', '--host', '127.0.0.1'];

type Listing = {
	peers: Array<{name: string; ip: string; port: number; files: number}>;
	files: Array<{
		name: string;
		size: number | null;
		mtime: number;
		root: string | null;
		sources: unknown[];
		state: string;
	}>;
};

describe('p2p-tui ls', () => {
	it('prints who is there and what they hold, compared with the folder', async () => {
		const {named, address} = await startTracker();
		const {dir} = await startPeer(address, {'a.txt': 'hello', 'sub/b é.txt': ''});
		const {mtimeMs} = await stat(path.join(dir, 'a.txt'));
		const cwd = await temporaryFolder();
		const {code, stdout} = await run(['ls', named, '--json'], {cwd});
		expect(code).toBe(0);
		const listing = JSON.parse(stdout) as Listing;
		expect(listing.peers).toEqual([{name: 'bob', ip: '127.0.0.1', port: expect.any(Number) as number, files: 2}]);
		const sources = [{ip: '127.0.0.1', port: listing.peers[0]!.port}];
		const mtime = Math.floor(mtimeMs / 1000);
		expect(listing.files).toMatchObject([
			{name: 'a.txt', size: 5, mtime, sources, state: 'missing'},
			{name: 'sub/b é.txt', size: 0, sources, state: 'missing'},
		]);
		expect(Object.keys(listing.files[0]!)).toEqual(['name', 'size', 'mtime', 'root', 'sources', 'state']);
	});

	it('tells missing, newer and here apart', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c'});
		const cwd = await temporaryFolder();
		await mkdir(path.join(cwd, 'p2p-share'));
		await writeFile(path.join(cwd, 'p2p-share', 'a.txt'), 'mine');
		await writeFile(path.join(cwd, 'p2p-share', 'b.txt'), 'old');
		const {utimes} = await import('node:fs/promises');
		await utimes(path.join(cwd, 'p2p-share', 'a.txt'), 4e9, 4e9);
		await utimes(path.join(cwd, 'p2p-share', 'b.txt'), 1000, 1000);
		const {stdout} = await run(['ls', '--json', '--tracker', named], {cwd});
		const {files} = JSON.parse(stdout) as Listing;
		expect(files.map(({state}) => state)).toEqual(['here', 'newer', 'missing']);
	});

	it('lists each content under a name, the newest first, by its id where that is told', async () => {
		const {named, address} = await startTracker();
		const root = 'a'.repeat(64);
		await join(address, {
			port: 4001,
			version: 2,
			name: 'bob',
			files: [
				{name: 'a.txt', mtime: 9, size: 20, root},
				{name: 'z.txt', mtime: 5, size: 1},
			],
		});
		await join(address, {port: 4002, version: 2, name: 'eve', files: [{name: 'b.txt', mtime: 5, size: 20, root}]});
		await join(address, {port: 4003, files: [{name: 'a.txt', mtime: 5}]});
		const cwd = await temporaryFolder();
		await mkdir(path.join(cwd, 'p2p-share'));
		await writeFile(path.join(cwd, 'p2p-share', 'a.txt'), 'mine');
		const {utimes} = await import('node:fs/promises');
		await utimes(path.join(cwd, 'p2p-share', 'a.txt'), 7, 7);
		const {stdout} = await run(['ls', named, '--json'], {cwd});
		const {files} = JSON.parse(stdout) as Listing;
		expect(
			files.map(({name, size, mtime, root: id, sources, state}) => [name, size, mtime, id, sources.length, state]),
		).toEqual([
			['a.txt', 20, 9, root, 2, 'newer'],
			['a.txt', null, 5, null, 1, 'older'],
			['b.txt', 20, 5, root, 2, 'missing'],
			['z.txt', 1, 5, null, 1, 'missing'],
		]);
		const plain = await run(['ls', named], {cwd});
		expect(plain.stdout).toMatch(
			/newer +20 B +1970-01-01 00:00 +2 {2}a\.txt\nolder +\? +1970-01-01 00:00 +1 {2}a\.txt\n/,
		);
	});

	it('makes nothing, joins nothing, and is plain text for people', async () => {
		const {named, address} = await startTracker();
		const {peer} = await startPeer(address, {'a.txt': 'a'});
		const cwd = await temporaryFolder();

		const {code, stdout} = await run(['ls'], {cwd, env: {P2P_TRACKER: named}});
		expect(code).toBe(0);
		expect(stdout).toMatch(/1 peer\nbob +127\.0\.0\.1:\d+ +1 file\n\n1 file.*\nmissing +1 B .* a\.txt/);
		await expect(stat(path.join(cwd, 'p2p-share'))).rejects.toThrow('ENOENT');
		expect(peer.peers).toEqual([]);
	});

	it('fails with one line when no tracker answers', async () => {
		const {code, stderr} = await run(['ls', '127.0.0.1:1'], {cwd: await temporaryFolder()});
		expect(code).toBe(1);
		expect(stderr).toBe('p2p-tui: Tracker 127.0.0.1:1 refused the connection\n');
	});

	it('gives up on a tracker that never answers', async () => {
		const server = createServer(() => {});
		await new Promise<void>(resolve => {
			server.listen(0, '127.0.0.1', resolve);
		});
		onTestFinished(() => {
			server.close();
		});
		const {port} = server.address() as {port: number};
		const {code, stderr} = await run(['ls', `127.0.0.1:${port}`], {cwd: await temporaryFolder()});
		expect(code).toBe(1);
		expect(stderr).toBe(`p2p-tui: Tracker 127.0.0.1:${port} did not answer\n`);
	});
});

describe('p2p-tui get and sync --once', () => {
	it('fetch by name, and say what came from whom', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'hello', 'sub/b é.txt': 'x'.repeat(100_000), 'c.txt': 'c'});
		const cwd = await temporaryFolder();
		const {code, stdout, stderr} = await run(['get', 'a.txt', 'sub/b é.txt', '--tracker', named], {cwd});
		expect({code, stderr}).toEqual({code: 0, stderr: ''});
		expect(stdout).toMatch(/^a\.txt {2}5 B from bob$/m);
		expect(await readFile(path.join(cwd, 'p2p-share', 'sub', 'b é.txt'), 'utf8')).toHaveLength(100_000);
		await expect(stat(path.join(cwd, 'p2p-share', 'c.txt'))).rejects.toThrow('ENOENT');
		const again = await run(['get', 'a.txt', '--tracker', named], {cwd});
		expect(again).toMatchObject({code: 0, stdout: 'a.txt is here already\n'});
	});

	it('fetch an older version where its key is named, and never what is older than the copy here', async () => {
		const {named, address} = await startTracker();
		const {utimes} = await import('node:fs/promises');
		const bob = await startPeer(address, {});
		await writeFile(path.join(bob.dir, 'a.txt'), 'new');
		await utimes(path.join(bob.dir, 'a.txt'), 9000, 9000);
		const eve = await startPeer(address, {});
		await writeFile(path.join(eve.dir, 'a.txt'), 'older');
		await utimes(path.join(eve.dir, 'a.txt'), 5000, 5000);
		const cwd = await temporaryFolder();
		let older: string | undefined;
		await until('both versions', async () => {
			const {stdout} = await run(['ls', named, '--json'], {cwd});
			const {files} = JSON.parse(stdout) as Listing;
			older = files[1]?.root ?? undefined;
			return files.map(({mtime}) => mtime).join(' ') === '9000 5000' && files.every(({root}) => root !== null);
		});
		const key = `a.txt\n${older}`;
		const both = await run(['get', key, 'a.txt', '--tracker', named], {cwd});
		expect(both).toMatchObject({code: 1, stderr: 'p2p-tui: Only one version of a.txt can be fetched at a time\n'});
		const copy = path.join(cwd, 'p2p-share', 'a.txt');
		expect(await readFile(copy, 'utf8')).toBe('older');
		const once = await run(['sync', named, '--once'], {cwd});
		expect(once.code).toBe(0);
		expect(await readFile(copy, 'utf8')).toBe('new');
		const back = await run(['get', key, '--tracker', named], {cwd});
		expect(back).toMatchObject({code: 0, stdout: 'The copy of a.txt here is newer\n'});
		expect(await readFile(copy, 'utf8')).toBe('new');
	});

	it('fetch what there is and fail for what there is not', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'hello'});
		const cwd = await temporaryFolder();
		const {code, stderr} = await run(['get', 'nothing.txt', 'a.txt', '--tracker', named], {cwd});
		expect(code).toBe(1);
		expect(stderr).toBe('p2p-tui: Nobody shares nothing.txt; p2p-tui ls shows what there is\n');
		expect(await readFile(path.join(cwd, 'p2p-share', 'a.txt'), 'utf8')).toBe('hello');
	});

	it('say why a file could not be had', async () => {
		const {named, address} = await startTracker();
		const {dir} = await startPeer(address, {'sub/a.txt': 'hello'});
		await chmod(path.join(dir, 'sub', 'a.txt'), 0o644);
		const cwd = await temporaryFolder();
		await mkdir(path.join(cwd, 'p2p-share'));
		await writeFile(path.join(cwd, 'p2p-share', 'sub'), 'a file where a folder is needed');
		const {code, stderr} = await run(['get', 'sub/a.txt', '--tracker', named], {cwd});
		expect(code).toBe(1);
		expect(stderr).toContain('p2p-tui: sub/a.txt failed: Can not write sub/a.txt: sub is no folder here');
	});

	it('sync once: everything that is missing or newer, the old kept, then the end', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'new', 'deep/er/b.txt': 'b'});
		const cwd = await temporaryFolder();
		await mkdir(path.join(cwd, 'p2p-share'));
		await writeFile(path.join(cwd, 'p2p-share', 'a.txt'), 'old');
		const {utimes, readdir} = await import('node:fs/promises');
		await utimes(path.join(cwd, 'p2p-share', 'a.txt'), 1000, 1000);
		const {code} = await run(['sync', named, '--once'], {cwd});
		expect(code).toBe(0);
		expect(await readFile(path.join(cwd, 'p2p-share', 'a.txt'), 'utf8')).toBe('new');
		expect(await readFile(path.join(cwd, 'p2p-share', 'deep', 'er', 'b.txt'), 'utf8')).toBe('b');
		const versions = path.join(cwd, 'p2p-share', '.p2p-tui', 'versions');
		const [kept] = await readdir(versions);
		expect(await readFile(path.join(versions, kept!), 'utf8')).toBe('old');
	});
});

describe('p2p-tui serve', () => {
	it('says first where it listens, then what happens, as NDJSON', async () => {
		const {named, address} = await startTracker();
		const cwd = await temporaryFolder();
		await mkdir(path.join(cwd, 'p2p-share'));
		await writeFile(path.join(cwd, 'p2p-share', 'mine.txt'), 'mine');
		const serve = start(['serve', named, '--json', '--name', 'ada', ...serving], {cwd});
		await startPeer(address, {'a.txt': 'a'});
		await until('the remote file', () => serve.stdout().includes('"event":"remote"'));
		const events = serve.lines().map(line => JSON.parse(line) as {event: string; port?: number});
		expect(events[0]).toMatchObject({event: 'listening', port: expect.any(Number) as number, name: 'ada'});
		expect(events.map(({event}) => event)).toEqual(expect.arrayContaining(['local', 'tracker', 'peers', 'remote']));
		const response = await fetch(`http://127.0.0.1:${events[0]!.port}/files/mine.txt`);
		expect(await response.text()).toBe('mine');
		serve.kill('SIGTERM');
		expect(await serve.exited()).toBe(0);
	});

	it('is what the program does without a terminal, in plain lines', async () => {
		const {named} = await startTracker();
		const plain = start([named, '--name', 'ada', ...serving], {cwd: await temporaryFolder()});
		await until('the connection', () => plain.stdout().includes('connected to tracker'));
		expect(plain.lines()[0]).toMatch(/^ada serves \/.*p2p-share on 127\.0\.0\.1:\d+$/);
		plain.kill('SIGINT');
		expect(await plain.exited()).toBe(0);
	});

	it('takes the next free port and says so', async () => {
		const {named, address} = await startTracker();
		const events: string[] = [];
		await startPeer(
			address,
			{},
			{
				onEvent(event) {
					if (event.type === 'listening') {
						events.push(String(event.port));
					}
				},
			},
		);
		const [taken] = events;
		const serve = start(['serve', named, '--port', taken!, '--host', '127.0.0.1'], {cwd: await temporaryFolder()});
		await until('the notice', () => new RegExp(String.raw`Port ${taken} is taken; using \d+`).test(serve.stdout()));
	});

	it('syncs while it runs with --sync', async () => {
		const {named, address} = await startTracker();
		const cwd = await temporaryFolder();
		start(['serve', named, '--sync', ...serving], {cwd});
		await startPeer(address, {'later.txt': 'later'});
		await until('the file', async () => {
			const content = await readFile(path.join(cwd, 'p2p-share', 'later.txt'), 'utf8').catch(() => '');
			return content === 'later';
		});
	});

	it('writes the detail to a log', async () => {
		const {named, address} = await startTracker();
		const cwd = await temporaryFolder();
		await startPeer(address, {'a.txt': 'a'});
		const {code} = await run(['get', 'a.txt', '--tracker', named, '--log', 'detail.log'], {cwd});
		expect(code).toBe(0);
		const log = await readFile(path.join(cwd, 'detail.log'), 'utf8');
		const events = log
			.trim()
			.split('\n')
			.map(line => JSON.parse(line) as {event: string; time: string});
		expect(events.map(({event}) => event)).toEqual(expect.arrayContaining(['tracker', 'transfer', 'notice']));
		expect(Date.parse(events[0]!.time)).not.toBeNaN();
	});
});

describe('the trackers', () => {
	const trackerCli = path.join(import.meta.dirname, '../../dist/tracker/cli.js');

	it.each([
		['p2p-tracker', ['127.0.0.1', '0'], trackerCli],
		['p2p-tui tracker', ['tracker', '127.0.0.1', '0'], undefined],
	])('%s says first where it listens, and closes cleanly', async (_, args, cli) => {
		const tracker = start(args, {cwd: await temporaryFolder(), ...(cli && {path: cli})});
		await until('the first line', () => tracker.lines().length > 0);
		const [, port] = /127\.0\.0\.1:(\d+)/.exec(tracker.lines()[0]!)!;
		await startPeer({host: '127.0.0.1', port: Number(port)}, {'a.txt': 'a'});
		await until('the peer', () => /bob 127\.0\.0\.1:\d+ joined with 1 file/.test(tracker.stdout()));
		tracker.kill('SIGTERM');
		expect(await tracker.exited()).toBe(0);
	});

	it('logs lines of JSON with --json', async () => {
		const tracker = start(['127.0.0.1', '0', '--json'], {cwd: await temporaryFolder(), path: trackerCli});
		await until('the first line', () => tracker.lines().length > 0);
		const first = JSON.parse(tracker.lines()[0]!) as {event: string; host: string; port: number};
		expect(first).toMatchObject({event: 'listening', host: '127.0.0.1'});
		expect(tracker.lines()[0]).toContain(`127.0.0.1:${first.port}`);
		tracker.kill('SIGINT');
		expect(await tracker.exited()).toBe(0);
	});

	it.each([
		['p2p-tracker', [], trackerCli],
		['p2p-tui tracker', ['tracker'], undefined],
	])('%s fails with one line on a taken port', async (_, before, cli) => {
		const {address} = await startTracker();
		const args = [...before, '127.0.0.1', String(address.port)];
		const {code, stderr, stdout} = await run(args, {cwd: await temporaryFolder(), ...(cli && {path: cli})});
		expect({code, stdout}).toEqual({code: 1, stdout: ''});
		expect(stderr).toMatch(new RegExp(`^p2p-tracker: Port ${address.port} is taken .*\n$`));
	});

	it('drops a silent peer after --ttl', async () => {
		const tracker = start(['127.0.0.1', '0', '--ttl', '0.5'], {cwd: await temporaryFolder(), path: trackerCli});
		await until('the first line', () => tracker.lines().length > 0);
		const [, port] = /127\.0\.0\.1:(\d+)/.exec(tracker.lines()[0]!)!;
		const {connect} = await import('node:net');
		const silent = connect(Number(port), '127.0.0.1');
		onTestFinished(() => {
			silent.destroy();
		});
		silent.on('error', () => {});
		silent.write('{"port":4001,"files":[],"version":2,"name":"mute"}\n');
		await until('the end of it', () => tracker.stdout().includes('mute 127.0.0.1:4001 left: silent'));
	});
});

describe('wrong usage', () => {
	it.each([
		[['--frobnicate'], 'Unknown option --frobnicate'],
		[['--port', 'abc'], 'Expected a port from 0 to 65535 for --port, got "abc"'],
		[['ls', 'no such host:1'], 'Expected HOST:PORT'],
		[['ls', 'host.invalid:6969'], 'The host host.invalid does not resolve'],
		[['serve', 'host.invalid'], 'The host host.invalid does not resolve'],
		[['serve', '127.0.0.1:1', '--host', 'host.invalid'], 'Can not listen on host.invalid'],
		[['serve', '127.0.0.1:1', '--dir', '/proc/nowhere/share'], 'The folder /proc/nowhere/share can not be shared'],
		[['serve', '127.0.0.1:1', '--log', '/proc/nowhere/log'], 'The log /proc/nowhere/log can not be written'],
		[['tracker', '127.0.0.1', 'x'], 'Expected a port'],
		[['demo'], 'demo needs a terminal'],
		[['--port', '1', '--port', '2', 'ls'], 'The flag --port can only be set once'],
		[['ls', '127.0.0.1:1', '--dir', '/proc/version'], 'The folder /proc/version can not be read: it is a file'],
	])('%j ends with one line and exit code 2', async (args, message) => {
		const {code, stderr, stdout} = await run(args, {cwd: await temporaryFolder()});
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		expect(stderr).toContain(`p2p-tui: ${message}`);
		expect(stderr.trimEnd().split('\n')).toHaveLength(1);
	});

	it.each([
		[['host.invalid', '7301'], 'Can not listen on host.invalid: it is no address of this machine'],
		[['--ttl'], 'Expected a number of seconds for --ttl'],
		[['--ttl', '1', '--ttl', '2'], 'The flag --ttl can only be set once'],
		[['--frobnicate'], 'Unknown option --frobnicate'],
		[['127.0.0.1', 'x'], 'Expected a port from 0 to 65535 for the tracker, got "x"'],
	])('p2p-tracker %j ends with one line and exit code 2', async (args, message) => {
		const trackerCli = path.join(import.meta.dirname, '../../dist/tracker/cli.js');
		const {code, stderr, stdout} = await run(args, {cwd: await temporaryFolder(), path: trackerCli});
		expect({code, stdout}).toEqual({code: 2, stdout: ''});
		expect(stderr).toContain(`p2p-tracker: ${message}`);
		expect(stderr.trimEnd().split('\n')).toHaveLength(1);
	});

	it('a folder that is a file is refused', async () => {
		const cwd = await temporaryFolder();
		await writeFile(path.join(cwd, 'p2p-share'), Buffer.alloc(1));
		const {code, stderr} = await run(['serve', '127.0.0.1:1'], {cwd});
		expect(code).toBe(2);
		expect(stderr).toContain('can not be shared');
	});

	it.skipIf(process.platform === 'win32')('both programs can be executed as they are built', async () => {
		// The link that npx keeps is not made anew after a second build.
		for (const bin of ['source', 'tracker']) {
			const {mode} = await stat(path.join(import.meta.dirname, `../../dist/${bin}/cli.js`));
			expect(mode & 0o111).toBe(0o111);
		}
	});

	it('help and version end well', async () => {
		const cwd = await temporaryFolder();
		const helped = await run(['--help'], {cwd});
		expect(helped).toMatchObject({code: 0, stderr: ''});
		expect(helped.stdout).toContain('p2p-tui get NAME...');
		const {version} = JSON.parse(await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as {
			version: string;
		};
		const versioned = await run(['--version'], {cwd});
		expect(versioned.stdout.trim()).toBe(version);
	});

	it('nothing is said when the reader of our output stops early', async () => {
		const {named, address} = await startTracker();
		await startPeer(address, {'a.txt': 'a'});
		const {spawn} = await import('node:child_process');
		const cli = path.join(import.meta.dirname, '../../dist/source/cli.js');
		const shell = spawn('sh', ['-c', `"${process.execPath}" "${cli}" ls ${named} --dir /nonexistent | head -c 1`]);
		let stderr = '';
		shell.stderr.on('data', text => {
			stderr += String(text);
		});
		await new Promise(resolve => {
			shell.on('close', resolve);
		});
		expect(stderr).toBe('');
	});
});
