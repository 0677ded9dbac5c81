import {execFileSync} from 'node:child_process';
import process from 'node:process';

/** The command line and pty tests run the built program: build it from what is tested. */
export function setup(): void {
	execFileSync(process.execPath, ['node_modules/typescript/bin/tsc'], {stdio: 'inherit'});
}
