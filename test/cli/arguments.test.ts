import {describe, expect, it} from 'vitest';
import {parseArguments} from '../../source/cli/arguments.js';
import {UsageError} from '../../source/protocol/errors.js';

const parse = (line: string, env: Record<string, string> = {}) =>
	parseArguments(import.meta, line === '' ? [] : line.split(' '), env);

describe('the command line', () => {
	it.each([
		['', undefined],
		['10.0.0.2:7000', {host: '10.0.0.2', port: 7000}],
		['10.0.0.2 7000', {host: '10.0.0.2', port: 7000}],
		['tracker.lan', {host: 'tracker.lan', port: 6969}],
		['[::1]:7000', {host: '::1', port: 7000}],
		['::1 7000', {host: '::1', port: 7000}],
		['--tracker 10.0.0.2:7000', {host: '10.0.0.2', port: 7000}],
		['serve 10.0.0.2:7000', {host: '10.0.0.2', port: 7000}],
		['ls 10.0.0.2 7000', {host: '10.0.0.2', port: 7000}],
		['sync 10.0.0.2:7000 --once', {host: '10.0.0.2', port: 7000}],
		['get a.txt --tracker 10.0.0.2:7000', {host: '10.0.0.2', port: 7000}],
	])('"%s" names the tracker', (line, tracker) => {
		expect(parse(line).tracker).toEqual(tracker);
	});

	it('takes the tracker from its place, else the option, else the environment', () => {
		const env = {P2P_TRACKER: 'c:3'};
		expect(parse('a:1 --tracker b:2', env).tracker).toEqual({host: 'a', port: 1});
		expect(parse('--tracker b:2', env).tracker).toEqual({host: 'b', port: 2});
		expect(parse('get x', env).tracker).toEqual({host: 'c', port: 3});
	});

	it.each([
		['', 'screen'],
		['serve', 'serve'],
		['ls', 'ls'],
		['get a', 'get'],
		['sync', 'sync'],
		['tracker', 'tracker'],
		['demo', 'demo'],
		['replay a.jsonl', 'replay'],
		['echo', 'echo'],
		['10.0.0.2', 'screen'],
	])('"%s" is the command %s', (line, command) => {
		expect(parse(line).command).toBe(command);
	});

	it.each([
		['--theme vivid', {theme: 'vivid'}],
		['--config my.json', {configFile: 'my.json'}],
		['--screen-reader', {isScreenReader: true}],
		['--ascii --no-mouse', {isAscii: true, hasMouse: false}],
		['', {theme: undefined, configFile: undefined, isScreenReader: false, isAscii: undefined, hasMouse: undefined}],
	])('"%s" says how the screen is to be', (line, values) => {
		expect(parse(line)).toMatchObject(values);
	});

	it('obeys what Ink programs are told by the environment', () => {
		expect(parse('', {INK_SCREEN_READER: 'true'}).isScreenReader).toBe(true);
	});

	it('refuses a theme that is not there', () => {
		const message = 'Expected one of calm, vivid, plain for --theme, got "plane"; did you mean plain?';
		expect(() => parse('--theme plane')).toThrow(new UsageError(message));
	});

	it('has the usual values where nothing is said', () => {
		expect(parse('')).toMatchObject({
			dir: 'p2p-share',
			port: 8000,
			announcedPort: undefined,
			host: '0.0.0.0',
			isSyncing: false,
			isJson: false,
			isWireShown: false,
			isOnce: false,
			logFile: undefined,
			maxUpBytesPerSecond: undefined,
			maxDownBytesPerSecond: undefined,
			ttlMs: 15_000,
			listen: {host: '0.0.0.0', port: 6969},
		});
		expect(parse('').name).not.toBe('');
	});

	it('keeps a name that looks like a number, and all names after get', () => {
		expect(parse('--name 007').name).toBe('007');
		expect(parse('get 1 b/c.txt 03').names).toEqual(['1', 'b/c.txt', '03']);
	});

	it.each([
		['1000', 1000],
		['1500000', 1_500_000],
		['500k', 500_000],
		['500K', 500_000],
		['2M', 2_000_000],
		['1.5M', 1_500_000],
		['.5M', 500_000],
		['10MB', 10_000_000],
		['10MB/s', 10_000_000],
		['1G', 1_000_000_000],
		['2000B', 2000],
	])('limits the rates to %s', (text, bytes) => {
		for (const command of ['', 'serve ', 'get a ', 'sync ', 'demo ']) {
			expect(parse(`${command}--max-up ${text} --max-down 7k`)).toMatchObject({
				maxUpBytesPerSecond: bytes,
				maxDownBytesPerSecond: 7000,
			});
		}
	});

	it('tells others the port that is forwarded to ours', () => {
		expect(parse('serve --port 8000 --announce-port 18000')).toMatchObject({port: 8000, announcedPort: 18_000});
	});

	it('listens for echoes on loopback, unless a host or a port is named', () => {
		expect(parse('echo').listen).toEqual({host: '127.0.0.1', port: 12_000});
		expect(parse('echo 7000').listen).toEqual({host: '127.0.0.1', port: 7000});
		expect(parse('echo 0.0.0.0').listen).toEqual({host: '0.0.0.0', port: 12_000});
		expect(parse('echo ::1 7').listen).toEqual({host: '::1', port: 7});
	});

	it.each([
		['1', 1],
		['0.25', 0.25],
		['16', 16],
		['16x', 16],
		['64', 64],
	])('plays a recording at speed %s', (text, speed) => {
		expect(parse(`replay a.jsonl --speed ${text}`)).toMatchObject({file: 'a.jsonl', speed});
	});

	it('plays a recording as it was where nothing is said, and writes one where it is asked to', () => {
		expect(parse('replay a.jsonl')).toMatchObject({speed: undefined, isPlain: false, recordFile: undefined});
		expect(parse('replay a.jsonl --plain').isPlain).toBe(true);
		for (const command of ['', 'serve ', 'sync ', 'demo ', 'echo ']) {
			expect(parse(`${command}--record a.jsonl`).recordFile).toBe('a.jsonl');
		}
	});

	it('syncs where it is asked to', () => {
		expect(parse('--sync').isSyncing).toBe(true);
		expect(parse('sync').isSyncing).toBe(true);
	});

	it.each([
		['--frobnicate', /^Unknown option --frobnicate/],
		['-x', /^Unknown option -x/],
		['--some-thing 1', /^Unknown option --some-thing/],
		['--port abc', /^Expected a port from 0 to 65535 for --port, got "abc"/],
		['--port 65536', /65536/],
		['--port -1', /port|option/],
		['--port', /--port/],
		['--announce-port 0', /^Expected a port from 1 to 65535 for --announce-port, got "0"$/],
		['--announce-port http', /for --announce-port, got "http"$/],
		['--announce-port', /--announce-port/],
		['--tracker', /--tracker/],
		['10.0.0.2:99999', /Expected HOST:PORT/],
		['a b c', /Expected one tracker/],
		['a notaport', /Expected HOST:PORT/],
		['--max-up fast', /^Expected bytes a second such as 500k, 2M or 1\.5M for --max-up, got "fast"$/],
		['--max-down 800kbit', /for --max-down, got "800kbit"$/],
		['--max-down 1MiB', /for --max-down, got "1MiB"$/],
		['--max-down 1Mb', /for --max-down, got "1Mb"$/],
		['--max-up 1e6', /got "1e6"$/],
		['--max-up 1,5M', /got "1,5M"$/],
		['--max-up 99999999999999G', /--max-up/],
		['--max-up 0', /^Expected at least 1k, which is 1000 bytes a second, for --max-up, got "0"$/],
		['--max-up 5', /^Expected at least 1k/],
		['--max-up -1', /max-up|option/],
		['--max-up', /--max-up/],
		['get', /Expected the name of a file/],
		['demo now', /Expected nothing after demo/],
		['tracker 0.0.0.0 x', /Expected a port/],
		['tracker 0.0.0.0 1 2', /got also "2"/],
		['replay', /^Expected one recording after replay/],
		['replay a b', /^Expected one recording after replay/],
		['replay a --speed 0', /^Expected a number from 0\.25 to 64 for --speed, got "0"$/],
		['replay a --speed 65', /for --speed, got "65"$/],
		['replay a --speed fast', /for --speed, got "fast"$/],
		['replay a --speed', /--speed/],
		['--record', /--record/],
		['get a --record b', /^--record writes what .*; get has nothing to record$/],
		['sync --once --record b', /^--record writes what/],
		['replay a --record b', /replay has nothing to record$/],
		['echo 127.0.0.1 x', /^Expected a port from 0 to 65535 for the echo, got "x"$/],
		['echo a 1 b', /got also "b"/],
		['tracker --ttl 0', /--ttl/],
		['tracker --ttl soon', /--ttl/],
	])('refuses "%s" in one line', (line, message) => {
		let error: unknown;
		try {
			parse(line);
		} catch (error_) {
			error = error_;
		}

		expect(error).toBeInstanceOf(UsageError);
		expect((error as Error).message).toMatch(message);
		expect((error as Error).message).not.toContain('\n');
	});
});
