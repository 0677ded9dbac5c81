/** Names that break rows: wide, joined, combined, long, turned round and blank. */
export const hostileNames = [
	'readme.txt',
	'lectures/week 7 sockets.mp4',
	'漢字の長いファイル名'.repeat(12),
	'👩‍👩‍👧'.repeat(40),
	'🇩🇪🏳️‍🌈 flags/🇫🇷.png',
	'e\u0301'.repeat(120),
	'a<U+202E>fdp.exe',
	'x'.repeat(255),
	`${'long words between '.repeat(13)}.txt`,
	' ',
];

/** The sizes of terminals that frames are tested in. */
export const sizes = [
	[40, 12],
	[60, 20],
	[80, 24],
	[120, 40],
	[200, 60],
] as const;
