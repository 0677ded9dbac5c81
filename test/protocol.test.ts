import {Buffer} from 'node:buffer';
import {mkdir, readFile, utimes, writeFile} from 'node:fs/promises';
import {connect, type Socket} from 'node:net';
import path from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {Tracker} from '../tracker/server.js';
import {startPeer, startTracker} from './e2e/swarm.js';
import {temporaryFolder, until} from './wait.js';

const page = await readFile(path.join(import.meta.dirname, '../PROTOCOL.md'), 'utf8');

/** The fenced blocks of a kind, each as its lines. */
const blocksOf = (kind: string, text = page) =>
	Array.from(text.matchAll(new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, 'gs')), ([, block]) =>
		block!.trimEnd().split('\n'),
	);

/** A connection whose text is gathered. */
function open(port: number) {
	const socket: Socket = connect({port, host: '127.0.0.1', allowHalfOpen: true});
	onTestFinished(() => {
		socket.destroy();
	});
	let text = '';
	let isEnded = false;
	socket.on('data', chunk => {
		text += chunk.toString();
	});
	socket.on('end', () => {
		isEnded = true;
	});
	return {socket, text: () => text, isEnded: () => isEnded};
}

describe('PROTOCOL.md, control plane', () => {
	// Each section is one conversation with a new tracker.
	const sections = page.split(/^### /m).filter(section => section.includes('```control'));

	it.each(sections.map(section => [section.split('\n')[0]!, section]))(
		'%s: a tracker says what it says',
		async (_, section) => {
			const tracker = new Tracker({host: '127.0.0.1', port: 0});
			const {port} = await tracker.listen();
			onTestFinished(async () => tracker.close());
			const clients = new Map<string, ReturnType<typeof open>>();
			const expected = new Map<string, string>();
			for (const line of blocksOf('control', section).flat()) {
				const {who, arrow, message} = /^(?<who>\w+) (?<arrow>[→←]) (?<message>.*)$/.exec(line)!.groups!;
				const client = clients.get(who!) ?? open(port);
				clients.set(who!, client);
				if (arrow === '→') {
					client.socket.write(`${message}\n`);
					continue;
				}

				expected.set(who!, `${expected.get(who!) ?? ''}${message}\n`);
				await until(`${who} to hear ${message}`, () => client.text().length >= expected.get(who!)!.length);
				expect(client.text()).toBe(expected.get(who!));
			}
		},
	);
});

describe('PROTOCOL.md, data plane', () => {
	const seconds = 1_700_000_000;

	async function servedPort(): Promise<number> {
		const {address} = await startTracker();
		const dir = await temporaryFolder();
		await mkdir(path.join(dir, 'notes'));
		for (const [name, content] of [
			['readme.txt', 'hello world\n'],
			['notes/week 1.txt', ''],
		] as const) {
			await writeFile(path.join(dir, name), content);
			await utimes(path.join(dir, name), seconds, seconds);
		}

		let port = 0;
		const hashed = new Set<string>();
		await startPeer(
			address,
			{},
			{
				dir,
				onEvent(event) {
					port = event.type === 'listening' ? event.port : port;
					for (const {name, root} of event.type === 'local' ? event.changed : []) {
						if (root !== undefined) {
							hashed.add(name);
						}
					}
				},
			},
		);
		await until('both files to be hashed', () => hashed.size === 2);
		return port;
	}

	const sent = (lines: string[]) => lines.filter(line => line.startsWith('→')).map(line => line.slice(2));
	const answered = (lines: string[]) => lines.filter(line => line.startsWith('←')).map(line => line.slice(2));

	it.each(blocksOf('data').map(lines => [lines[0]!, lines] as const))(
		'%s: a peer answers what it says',
		async (_, lines) => {
			const client = open(await servedPort());
			const isHttp = lines[0]!.includes('HTTP');
			const request = sent(lines).join(isHttp ? '\r\n' : '\n');
			client.socket.write(`${request}${isHttp ? '\r\n' : '\n'}`);
			const wanted = answered(lines);
			if (isHttp) {
				await until('the answer', () => wanted.every(line => client.text().split(/\r?\n/).includes(line)));
				return;
			}

			await until('the end', () => client.isEnded());
			expect(client.text()).toBe(wanted.map(line => `${line}\n`).join(''));
		},
	);

	it.each(blocksOf('unframed').map(lines => [lines[0]!, lines] as const))(
		'%s: bare bytes for a bare name',
		async (_, lines) => {
			const client = open(await servedPort());
			client.socket.write(Buffer.from(sent(lines)[0]!));
			await until('the end', () => client.isEnded());
			expect(client.text()).toBe(`${answered(lines)[0]!}\n`);
		},
	);
});

describe('PROTOCOL.md, events', () => {
	it('lists every kind of event with its members', async () => {
		const source = await readFile(path.join(import.meta.dirname, '../source/peer/events.ts'), 'utf8');
		const union = /export type PeerEvent =(.*?);\n\n/s.exec(source)![1]!;
		const kinds = Array.from(union.matchAll(/type: '(\w+)'/g), ([, kind]) => kind!);
		expect(kinds.length).toBeGreaterThan(5);
		for (const kind of kinds) {
			expect(page).toContain(`| \`${kind}\` |`);
		}
	});
});
