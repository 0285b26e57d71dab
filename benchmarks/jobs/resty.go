package jobs

import (
	"net/http"

	"github.com/go-resty/resty/v2"
)

// byResty is resty over a tuned transport. It holds bodies in memory, or leaves them to
// its user if they are more than a chunk.
func byResty(f fetch) (peer, error) {
	transport, err := f.transport()
	if err != nil {
		return peer{}, err
	}
	stream := f.length > int64(f.chunk)
	client := resty.NewWithClient(&http.Client{Transport: transport}).SetDoNotParseResponse(stream)
	url := f.url()
	worker := func() (func() error, error) {
		t, buf := f.tally(), make([]byte, f.chunk)
		take := t.take
		return func() error {
			resp, err := client.R().Get(url)
			if err != nil {
				return err
			}
			if stream {
				defer resp.RawBody().Close()
				err = chunks(resp.RawBody(), buf, take)
			} else {
				err = take(resp.Body())
			}
			if err != nil {
				return err
			}
			return t.done(resp.StatusCode())
		}, nil
	}
	return peer{name: "resty", worker: worker, close: func() error {
		transport.CloseIdleConnections()
		return nil
	}}, nil
}
