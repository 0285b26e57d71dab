package zreqtest

import "github.com/zreq-go/zreq/netdriver/memnet"

// A player plays one script on one connection, in a goroutine of its own.
type player struct {
	peer   *Peer
	index  int
	conn   *memnet.Conn // our end
	client *memnet.Conn
	in     input
	played chan struct{} // closed after the last step
	ended  chan struct{} // closed when the goroutine ends
}

// play starts script index on a new connection. Faults at its beginning are set when play
// returns.
func play(p *Peer, index int, conn, client *memnet.Conn) *player {
	pl := &player{
		peer: p, index: index, conn: conn, client: client, in: input{conn: conn},
		played: make(chan struct{}), ended: make(chan struct{}),
	}
	steps := p.scripts[index]
	for len(steps) > 0 && steps[0].faults != nil {
		client.SetFaults(*steps[0].faults)
		steps = steps[1:]
	}
	go pl.run(steps)
	return pl
}

func (p *player) run(steps []Step) {
	defer close(p.ended)
	defer p.conn.Close()
	for i, s := range steps {
		switch err := s.play(p); {
		case err == nil:
			continue
		case err == errFraming:
			p.fail("%v", err)
		default:
			p.peer.unmet(p.index, steps[i:], "ended early ("+err.Error()+")")
		}
		close(p.played)
		return
	}
	close(p.played)
	_ = p.conn.WaitClose()
}

// request reads and records one request.
func (p *player) request() (string, error) {
	request, err := p.in.request()
	if err == nil {
		p.peer.record(request)
	}
	return request, err
}

func (p *player) fail(format string, args ...any) {
	p.peer.fail("connection %d: "+format, append([]any{p.index}, args...)...)
}
