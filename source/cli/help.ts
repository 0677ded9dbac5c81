export const help = `
  Usage
    $ p2p-tui [HOST:PORT | HOST PORT]        The screen: peers, files and transfers, live
    $ p2p-tui serve [HOST:PORT]              Share and fetch without a screen
    $ p2p-tui ls [HOST:PORT]                 Who is there and what they hold
    $ p2p-tui get NAME...                    Fetch files by name
    $ p2p-tui sync [HOST:PORT] [--once]      Fetch everything that is missing or newer
    $ p2p-tui tracker [HOST] [PORT]          A tracker (0.0.0.0 6969)
    $ p2p-tui demo                           All of it on this machine, to watch
    $ p2p-tui replay FILE.jsonl              Play a recorded session again, without a network
    $ p2p-tui echo [HOST] [PORT]             A TCP echo server to watch (127.0.0.1 12000)

  HOST:PORT is the tracker. Without one, P2P_TRACKER is used, then 127.0.0.1:6969; if nothing answers there, the screen
  and serve start a tracker of their own.

  Options
    --tracker HOST:PORT  The tracker, for every command
    --dir FOLDER         The shared folder (./p2p-share)
    --port PORT          Serve files on this port, or the next free one (8000)
    --announce-port PORT Tell others this port instead, where a router forwards it (the one served on)
    --host HOST          Listen on this address (0.0.0.0)
    --name NAME          What others see (this machine's name)
    --sync               Fetch everything that is missing or newer
    --max-up RATE        Send at most so many bytes a second: 500k, 2M (no limit)
    --max-down RATE      Receive at most so many (no limit)
    --ascii              Draw with ASCII only; by itself where the locale is not UTF-8
    --mouse              Click and scroll in the screen
    --theme NAME         The colours of the screen: calm, vivid or plain (calm)
    --config FILE        Keys and colours (~/.config/p2p-tui/config.json, where it is there)
    --screen-reader      Lines to be read aloud in place of the screen, with the same keys
    --wire               Open the wire pane; serve, tracker: print every message on the wire
    --record FILE.jsonl  The screen, serve, demo, echo: write the session, to be played again
    --speed N            replay: so many times as fast, from 0.25 to 64 (1; with --plain at once)
    --plain              replay, echo: lines of text instead of the screen
    --log FILE           Write the detail of everything that happens
    --json               serve, ls, get, sync, tracker, replay, echo: output for programs
    --once               sync: stop when everything is here
    --ttl SECONDS        tracker: drop a silent peer after this time (15)
    --help, --version

  Examples
    $ p2p-tui 192.168.1.5:6969
    $ p2p-tui ls --json | jq .files
    $ p2p-tui get "notes/week 7.pdf" --tracker 192.168.1.5:6969
`;
