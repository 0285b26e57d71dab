package jobs

import (
	"errors"
	"io"
	"sync"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// peer is one way to make a fetch.
type peer struct {
	name string

	// worker returns what makes it once, for one goroutine.
	worker func() (func() error, error)

	// close is nil if there is nothing to let go of.
	close func() error
}

// kind makes a peer.
type kind func(fetch) (peer, error)

// reading gives a kind a read buffer of its own.
func (k kind) reading(buffer int, name string) kind {
	return func(f fetch) (peer, error) {
		f.buffer = buffer
		p, err := k(f)
		p.name += name
		return p, err
	}
}

// clients makes a client of a peer of each kind. Those beside an error are to be closed.
func (f *fetch) clients(client func(*peer) (bench.Client, error), kinds ...kind) ([]bench.Client, error) {
	var all []bench.Client
	for _, kind := range kinds {
		p, err := kind(*f)
		one := bench.Client{Name: p.name, Close: p.close}
		if err == nil {
			one, err = client(&p)
		}
		if all = append(all, one); err != nil {
			return all, err
		}
	}
	return all, nil
}

// alone makes one fetch after the other.
func (p *peer) alone() (bench.Client, error) {
	get, err := p.worker()
	if err != nil {
		return bench.Client{Name: p.name, Close: p.close}, err
	}
	do := func(n int) error {
		for range n {
			if err := get(); err != nil {
				return err
			}
		}
		return nil
	}
	return bench.Client{Name: p.name, Do: do, Close: p.close}, nil
}

// together makes them on many goroutines, which are started anew each time.
func (p *peer) together(goroutines int) (bench.Client, error) {
	workers := make([]func() error, goroutines)
	for i := range workers {
		get, err := p.worker()
		if err != nil {
			return bench.Client{Name: p.name, Close: p.close}, err
		}
		workers[i] = get
	}
	errs := make([]error, goroutines)
	do := func(n int) error {
		var all sync.WaitGroup
		for i, get := range workers {
			share := n / goroutines
			if i < n%goroutines {
				share++
			}
			if errs[i] = nil; share == 0 {
				continue
			}
			all.Add(1)
			go func() {
				defer all.Done()
				for range share {
					if errs[i] = get(); errs[i] != nil {
						return
					}
				}
			}()
		}
		all.Wait()
		return errors.Join(errs...)
	}
	return bench.Client{Name: p.name, Do: do, Close: p.close}, nil
}

// chunks gives what is read to a callback, in chunks as long as buf but for the last.
func chunks(body io.Reader, buf []byte, callback func([]byte) error) error {
	for {
		n, err := io.ReadFull(body, buf)
		if n > 0 {
			if err := callback(buf[:n]); err != nil {
				return err
			}
		}
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF: // of a body that is too short, too: who counts will see
			return nil
		default:
			return err
		}
	}
}
