import {onTestFinished} from 'vitest';
import {limits} from '../../source/protocol/limits.js';

/** Shorten timeouts for one test, so that their end can be waited for. */
export function changeLimits(changes: Partial<Record<keyof typeof limits, number>>): void {
	const before = {...limits};
	Object.assign(limits, changes);
	onTestFinished(() => {
		Object.assign(limits, before);
	});
}
