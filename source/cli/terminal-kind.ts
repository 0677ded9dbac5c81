type Env = Record<string, string | undefined>;

/** Whether a terminal can not move its cursor, such as one in an editor: no screen can be drawn there. */
export const isDumb = ({TERM}: Env): boolean => TERM === 'dumb';

/**
Whether a terminal is known to show nothing but ASCII: the first of these variables that is set names another encoding than UTF-8
(POSIX, section 8.2), or it is the console of Linux, whose font has none of our glyphs. Where nothing is set, nothing is known.
*/
export function isAsciiOnly({LC_ALL, LC_CTYPE, LANG, TERM}: Env): boolean {
	const locale = [LC_ALL, LC_CTYPE, LANG].find(Boolean);
	return TERM === 'linux' || (locale !== undefined && !/utf-?8/i.test(locale));
}
