import {Buffer} from 'node:buffer';
import {describe, expect, it, vi} from 'vitest';
import {copier, copySequence, maxCopiedBytes} from '../../source/cli/clipboard.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the sequence that copies', () => {
	it('is OSC 52 with the text in base64', () => {
		expect(copySequence('héllo', {})).toBe('\u001B]52;c;aMOpbGxv\u0007');
	});

	it('is passed on by tmux in a DCS, with its ESC doubled', () => {
		expect(copySequence('a', {TMUX: '/tmp/tmux-1000/default,1,0', STY: 'x'})).toBe(
			'\u001BPtmux;\u001B\u001B]52;c;YQ==\u0007\u001B\\',
		);
	});

	it('is passed on by screen in a DCS, in as many as its limit takes', () => {
		expect(copySequence('a', {STY: '1.pts'})).toBe('\u001BP\u001B]52;c;YQ==\u0007\u001B\\');
		const text = 'long '.repeat(1000);
		const parts = copySequence(text, {STY: '1.pts'}).split('\u001B\\');
		expect(parts.pop()).toBe('');
		expect(parts.length).toBeGreaterThan(10);
		for (const part of parts) {
			expect(part.startsWith('\u001BP')).toBe(true);
			expect(part.length).toBeLessThan(768);
		}

		expect(parts.map(part => part.slice(2)).join('')).toBe(`\u001B]52;c;${base64(text)}\u0007`);
	});
});

describe('copying', () => {
	const open = () => {
		const write = vi.fn();
		const notice = vi.fn();
		return {write, notice, copy: copier({write, notice, env: {}})};
	};

	it('writes the sequence and says what it was', () => {
		const {write, notice, copy} = open();
		copy('a', 'the content id a9489… of notes.pdf');
		expect(write.mock.calls).toEqual([['\u001B]52;c;YQ==\u0007']]);
		expect(notice.mock.calls).toEqual([['info', 'Copied the content id a9489… of notes.pdf']]);
	});

	it('does not write more than a terminal takes, and says so', () => {
		const {write, notice, copy} = open();
		copy('x'.repeat(maxCopiedBytes), 'the text');
		expect(write).toHaveBeenCalledTimes(1);
		copy('x'.repeat(maxCopiedBytes + 1), 'the text');
		expect(write).toHaveBeenCalledTimes(1);
		expect(notice).toHaveBeenLastCalledWith(
			'warning',
			'Not copied: the text has 100001 bytes; a terminal takes 100000',
		);
	});
});
