package zreq

import "sync"

// completed has the Args of the calls of Sessions that are over, because those of a call are
// on the heap. It is no sync.Pool, which stores interfaces: the type of Args would link those
// of the whole exchange (10 KB).
var completed argsPool

// maxCompleted is the default of PoolLimits.Open.
const maxCompleted = 64

type argsPool struct {
	mu   sync.Mutex
	free []*Args
}

func (p *argsPool) take() *Args {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.free) - 1
	if last < 0 {
		return new(Args)
	}
	args := p.free[last]
	p.free = p.free[:last]
	return args
}

func (p *argsPool) put(args *Args) {
	*args = Args{}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) < maxCompleted {
		p.free = append(p.free, args)
	}
}
