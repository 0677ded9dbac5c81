import {expect, it} from 'vitest';
import {isAsciiOnly, isDumb} from '../../source/cli/terminal-kind.js';

it.each([
	[{}, false],
	[{LANG: 'en_US.UTF-8'}, false],
	[{LANG: 'de_DE.utf8'}, false],
	[{LANG: 'C'}, true],
	[{LANG: 'POSIX'}, true],
	[{LANG: 'de_DE.ISO-8859-1'}, true],
	[{LANG: 'C', LC_CTYPE: 'C.UTF-8'}, false],
	[{LANG: 'C.UTF-8', LC_ALL: 'C'}, true],
	[{LANG: 'C.UTF-8', LC_ALL: ''}, false],
	[{TERM: 'linux', LANG: 'en_US.UTF-8'}, true],
	[{TERM: 'xterm-256color'}, false],
])('a terminal with %j shows only ASCII: %s', (env, isOnly) => {
	expect(isAsciiOnly(env)).toBe(isOnly);
});

it('knows a terminal that can draw no screen', () => {
	expect(isDumb({TERM: 'dumb'})).toBe(true);
	expect(isDumb({TERM: 'xterm'})).toBe(false);
	expect(isDumb({})).toBe(false);
});
