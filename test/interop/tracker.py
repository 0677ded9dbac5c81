#!/usr/bin/env python3
"""The class's tracker, as deployed: tracker.py IP PORT

Written from the facts of the class protocol, not from p2p-tui. One thread and one
connection a peer; exactly one directory for each message that has a port.
"""

import argparse
import json
import select
import socket
import sys
import threading
import time

FORGET_AFTER = 180
LOOK_EVERY = 10

lock = threading.Lock()
peers = {}  # (ip, port) -> {'seen': time of the last message, 'files': {name: (mtime, order)}}
announced = 0  # grows with each file: at equal mtimes the first that announced it wins


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('ip')
    parser.add_argument('port', type=int, help='0 picks a free one')
    parser.add_argument('--dialect', choices=['framed', 'unframed'], default='framed')
    parser.add_argument('--answer-delay', type=float, default=0, metavar='SECONDS')
    parser.add_argument('--verbose', action='store_true', help='print what peers send')
    return parser.parse_args()


def say(*words):
    print(*words, flush=True)


def take_in(ip, message):
    """Note who is alive and what it announced; a repeated Init is merged."""
    global announced
    with lock:
        peer = peers.setdefault((ip, message['port']), {'seen': 0, 'files': {}})
        peer['seen'] = time.monotonic()
        for entry in message.get('files', []):
            name, mtime = entry['name'], entry['mtime']
            known = peer['files'].get(name)
            if known is None or mtime > known[0]:
                announced += 1
                peer['files'][name] = (mtime, announced)


def directory():
    """One entry a name: the newest, and at equal times the first announced."""
    best = {}
    with lock:
        for (ip, port), peer in peers.items():
            for name, (mtime, order) in peer['files'].items():
                rank = (mtime, -order)
                if name not in best or rank > best[name][0]:
                    best[name] = (rank, {'ip': ip, 'port': port, 'mtime': mtime})
    return {name: entry for name, (rank, entry) in best.items()}


def forget_the_silent():
    while True:
        time.sleep(LOOK_EVERY)
        now = time.monotonic()
        with lock:
            for key in [key for key, peer in peers.items() if now - peer['seen'] > FORGET_AFTER]:
                del peers[key]


def lines(connection):
    """Today's dialect: one message a line."""
    with connection.makefile('rb') as stream:
        yield from stream


def chunks(connection):
    """The older dialect: whatever one recv brings is one message."""
    while True:
        chunk = connection.recv(65536)
        if not chunk:
            return
        yield chunk


def is_talking(connection):
    """Whether the peer has sent more before it got its answer."""
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) != b''


def talk(connection, ip, options):
    end = b'\n' if options.dialect == 'framed' else b''
    read = lines if options.dialect == 'framed' else chunks
    try:
        for raw in read(connection):
            if not raw.strip():
                continue
            message = json.loads(raw.decode('utf-8'))
            if options.verbose:
                say('message', json.dumps(message))
            if 'port' not in message:
                continue
            take_in(ip, message)
            time.sleep(options.answer_delay)
            if options.verbose and is_talking(connection):
                say('early')
            connection.sendall(json.dumps(directory()).encode('utf-8') + end)
    except (OSError, ValueError) as error:
        if options.verbose:
            say('closed', type(error).__name__)
    finally:
        connection.close()


def main():
    options = parse_arguments()
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((options.ip, options.port))
    server.listen(64)
    host, port = server.getsockname()
    say(f'{host}:{port}')
    threading.Thread(target=forget_the_silent, daemon=True).start()
    while True:
        connection, (ip, _) = server.accept()
        threading.Thread(target=talk, args=(connection, ip, options), daemon=True).start()


if __name__ == '__main__':
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
