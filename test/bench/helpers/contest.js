/*
A contest: each contender runs once a round, in turn, so that a busy moment of the machine meets them all; the median counts.
*/
import process from 'node:process';
import {endSignal} from './ending.js';
import {isInstalled} from './programs.js';

export const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/**
Let contenders run against each other.

A contender has a `key` to be chosen by, a `name`, the programs it `needs`, and `start()`, which prepares it and returns what does one
run and resolves with its `{ms}` and whatever else is of interest. `rounds` limits how often it runs, `bytes` is for one that moves less
than the others.

@returns Those that ran, with their `results`.
*/
export async function contest(contenders, {rounds, only}) {
	const field = [];
	for (const contender of contenders) {
		const missing = (contender.needs ?? []).filter(program => !isInstalled(program));
		if (only && !only.includes(contender.key)) {
			continue;
		}

		if (missing.length > 0) {
			console.log(`${contender.name}: left out, not installed: ${missing.join(', ')}`);
			continue;
		}

		field.push({...contender, results: [], run: await contender.start()});
	}

	for (let round = 0; round < rounds; round++) {
		for (const contender of field) {
			if (round < (contender.rounds ?? rounds)) {
				await runOnce(contender);
			}
		}
	}

	return field.filter(({results}) => results.length > 0);
}

/** One that fails is out, and the others go on. */
async function runOnce(contender) {
	try {
		contender.results.push(await contender.run());
	} catch (error) {
		endSignal.throwIfAborted();
		console.error(`${contender.name} failed: ${error.message}`);
		contender.rounds = 0;
		contender.results.length = 0;
		process.exitCode = 1;
	}
}

/** The median of one figure of a contender's results. */
export const medianOf = ({results}, figure = 'ms') => median(results.map(result => result[figure]));

/** One line a contender, with its rate where it is known what it moved. */
export function printTimes(field, bytes) {
	for (const contender of field) {
		const ms = medianOf(contender);
		const moved = contender.bytes ?? bytes;
		const rate = moved === undefined ? '' : `${(moved / ms / 1e6).toFixed(2).padStart(6)} GB/s `;
		const all = contender.results.map(result => Math.round(result.ms)).join(', ');
		console.log(`${contender.name.padEnd(44)} ${rate}${Math.round(ms).toString().padStart(7)} ms  (${all})`);
	}
}

/** How fast one is as a multiple of each of the others. */
export function printRatios(field, key, bytes) {
	const speedOf = contender => (contender.bytes ?? bytes ?? 1) / medianOf(contender);
	const ours = field.find(contender => contender.key === key);
	const others = field.filter(contender => contender.isRival);
	if (ours && others.length > 0) {
		const ratios = others.map(other => `${key}/${other.key} ${(speedOf(ours) / speedOf(other)).toFixed(2)}`);
		console.log(`speed ${ratios.join(', ')}`);
	}
}
