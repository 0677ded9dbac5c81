/*
Puts the screen, and the packages that draw it, into one file in place of what tsc has made of `cli/show-app.tsx`: for Node it is more work to find
and read the 500 files of Ink and its packages than all else until the first frame. Run by `npm run build`, after tsc.
*/
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {build} from 'rolldown';

const built = path.resolve(import.meta.dirname, '../dist');

/** What of ours goes into the file. All else stays outside, where other modes use it, too: what keeps something must be there once. */
const isInside = /^source\/(?:ui\/|cli\/(?:show-app|screen-reader|crash-guard)\.js$)/;

/** @param {string} id - Of a module. */
function isOutside(id) {
	const name = path.relative(built, id).replaceAll(path.sep, '/');
	return path.isAbsolute(id) && !name.startsWith('../') && !isInside.test(name);
}

/** The folder of the package that a module is from. */
const packageFolder = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;

/** @param {string} folder - Of a package. */
function noticeOf(folder) {
	const {name, version, license, author} = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
	const file = readdirSync(folder).find(candidate => /^licen[cs]e/i.test(candidate));
	const text = file
		? readFileSync(path.join(folder, file), 'utf8').trim()
		: `By ${author}; the package has no text of its licence.`;
	return `${name} ${version} (${license})\n\n${text}\n`;
}

/**
The licences of what is in the file want their notices kept.

@type {import('rolldown').Plugin}
*/
const notices = {
	name: 'notices',
	writeBundle(_options, bundle) {
		const modules = Object.values(bundle).flatMap(part => (part.type === 'chunk' ? part.moduleIds : []));
		const folders = new Set(modules.filter(id => path.isAbsolute(id)).flatMap(id => packageFolder.exec(id) ?? []));
		const texts = [...folders].toSorted().map(folder => noticeOf(folder));
		writeFileSync(path.join(built, 'THIRD-PARTY.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
	},
};

await build({
	input: path.join(built, 'source/cli/show-app.js'),
	external: isOutside,
	platform: 'node',
	plugins: [notices],
	resolve: {
		// What Ink loads where DEV is set, from a package that is not there.
		alias: {'./devtools.js': false},
	},
	transform: {
		define: {
			'process.env.NODE_ENV': '"production"',
			// Yoga would read its own bytes with it, out of a `data:` address, and all of Node's HTTP client would be loaded for that.
			fetch: 'undefined',
		},
	},
	output: {dir: path.join(built, 'source/cli'), codeSplitting: false},
	onLog(level, {message}) {
		if (level === 'warn') {
			throw new Error(message);
		}
	},
});
