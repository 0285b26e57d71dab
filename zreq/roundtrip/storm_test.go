package roundtrip_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"
)

// Many calls at once, of which some are cancelled, or closed, at any moment: who gets
// an answer gets his own, and nothing is left.
func TestStorm(t *testing.T) {
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		for range 3 {
			_, _ = w.Write(text)
			w.(http.Flusher).Flush()
		}
	})
	client, session := zreqClient(t)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 50 {
				want := strings.Repeat(fmt.Sprintf("<%d.%d>", i, j), 200)
				ctx, cancel := context.WithCancel(t.Context())
				if j%3 == 0 {
					time.AfterFunc(time.Duration(rand.IntN(2000))*time.Microsecond, cancel)
				}
				got, err := tell(ctx, client, srv.URL, want, j%5 == 0)
				ended := ctx.Err() != nil
				cancel()
				if err == nil && got != strings.Repeat(want, 3) || !strings.HasPrefix(strings.Repeat(want, 3), got) {
					t.Errorf("call %d.%d got another one's answer, or part of it, for whole", i, j)
				}
				if err != nil && !ended && j%5 != 0 {
					t.Errorf("call %d.%d: %v", i, j, err)
				}
			}
		})
	}
	all.Wait()
	is.Equal(session.Stats().Open, session.Stats().Idle) // nothing is held
}

// tell posts text and returns what comes back; it closes the body early if it is told to.
func tell(ctx context.Context, c *http.Client, to, text string, early bool) (string, error) {
	resp, err := c.Do(make1("POST", to, strings.NewReader(text)).WithContext(ctx))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if early {
		closing := make(chan error)
		go func() { closing <- resp.Body.Close() }()
		defer func() { <-closing }()
	}
	got, err := io.ReadAll(resp.Body)
	return string(got), err
}
