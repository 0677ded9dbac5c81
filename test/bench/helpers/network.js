/*
A network on this machine (Linux, root): hosts that are network namespaces, each on a bridge by a link of its own whose rate is held both ways
by a token bucket (tc-tbf(8)). The bridge itself is the host on which this process can be reached.
*/
import process from 'node:process';
import {CannotRunError, onEnd} from './ending.js';
import {isAlive, isInstalled, run} from './programs.js';

/** All that is made here is called so, with the process in it; interface names have 15 letters at the most. */
const ownPrefix = `p2pb${process.pid}-`;
const anyPrefix = /^p2pb(\d+)-/;
const bridge = `${ownPrefix}br`;
const subnet = '10.213.77';

/** Where programs of this process listen for those on the network. */
export const bridgeAddress = `${subnet}.254`;

/** At once, a full packet of the largest size that the kernel passes on in one piece; then queue for as long as a small router would. */
const bucket = ['burst', '64kb', 'latency', '50ms'];

/**
Make a network with a link for each of these rates, in Mbit/s, until our end.

@returns A host for each link: its `address`, `through`, the words that run a command there, and `sentBytes()`, what its interface has sent.
*/
export async function makeNetwork(links) {
	if (process.platform !== 'linux' || process.getuid() !== 0) {
		throw new CannotRunError('Network namespaces need Linux, and root');
	}

	for (const program of ['ip', 'tc']) {
		if (!isInstalled(program)) {
			throw new CannotRunError(`Not installed: ${program} (iproute2)`);
		}
	}

	await removeLeftovers();
	onEnd(async () => remove(name => name.startsWith(ownPrefix)));
	try {
		await ip('link', 'add', bridge, 'type', 'bridge');
		await ip('link', 'set', bridge, 'addrgenmode', 'none');
		await ip('address', 'add', `${bridgeAddress}/24`, 'dev', bridge);
		await ip('link', 'set', bridge, 'up');
		const hosts = [];
		for (const [index, link] of links.entries()) {
			hosts.push(await makeHost(index, link));
		}

		return hosts;
	} catch (error) {
		throw new CannotRunError(`No network could be made: ${error.message}`, {cause: error});
	}
}

async function makeHost(index, {upMbit, downMbit}) {
	const name = `${ownPrefix}${index}`;
	const address = `${subnet}.${index + 1}`;
	const inside = 'eth0';
	await ip('netns', 'add', name);
	await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', inside, 'netns', name);
	await ip('link', 'set', name, 'addrgenmode', 'none', 'master', bridge, 'up');
	await ip('-netns', name, 'link', 'set', inside, 'addrgenmode', 'none', 'up');
	await ip('-netns', name, 'link', 'set', 'lo', 'up');
	await ip('-netns', name, 'address', 'add', `${address}/24`, 'dev', inside);
	await run('tc', ['qdisc', 'add', 'dev', name, 'root', 'tbf', 'rate', `${downMbit}mbit`, ...bucket]);
	await run('tc', ['-netns', name, 'qdisc', 'add', 'dev', inside, 'root', 'tbf', 'rate', `${upMbit}mbit`, ...bucket]);
	return {
		address,
		through: ['ip', 'netns', 'exec', name],
		async sentBytes() {
			const [{stats64}] = JSON.parse(await ip('-netns', name, '-statistics', '-json', 'link', 'show', inside));
			return stats64.tx.bytes;
		},
	};
}

/** What a killed run has left is removed; next to one that still runs, neither would tell the truth. */
async function removeLeftovers() {
	const isLeft = name => anyPrefix.test(name);
	const names = [...(await listed(isLeft, 'netns', 'list')), ...(await listed(isLeft, 'link', 'show'))];
	const owner = names.map(name => Number(anyPrefix.exec(name)[1])).find(pid => pid !== process.pid && isAlive(pid));
	if (owner !== undefined) {
		throw new CannotRunError(`Process ${owner} has such a network now`);
	}

	await remove(isLeft);
}

/** Whatever still runs there is ended first, or its namespace would live on without a name. */
async function remove(isChosen) {
	for (const name of await listed(isChosen, 'netns', 'list')) {
		const pids = await ipAtEnd('netns', 'pids', name);
		for (const pid of pids.split('\n').filter(Boolean)) {
			try {
				process.kill(Number(pid), 'SIGKILL');
			} catch {
				// It has ended by itself.
			}
		}

		await ipAtEnd('netns', 'delete', name);
	}

	for (const name of await listed(isChosen, 'link', 'show')) {
		await ipAtEnd('link', 'delete', name).catch(() => {
			// Its other end has just gone, and taken it along.
		});
	}
}

async function listed(isChosen, ...question) {
	const entries = JSON.parse((await ipAtEnd('-json', ...question)) || '[]');
	return entries.map(({name, ifname}) => name ?? ifname).filter(name => isChosen(name));
}

const ip = async (...args) => run('ip', args);

/** Also once our end has begun. */
const ipAtEnd = async (...args) => run('ip', args, {signal: undefined});
