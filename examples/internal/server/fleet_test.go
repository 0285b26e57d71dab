package server_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
)

func TestFleet(t *testing.T) {
	is := is.New(t)
	fleet, err := server.StartFleet()
	is.NoErr(err) // the loopback is there
	defer fleet.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1}}
	defer client.CloseIdleConnections()
	poll := func(url string) int {
		resp, err := client.Post(url+"/status", "", http.NoBody) // which is not made twice
		if err != nil {
			return 0
		}
		defer resp.Body.Close()
		_, err = io.Copy(io.Discard, resp.Body)
		is.NoErr(err) // an answer is whole
		if resp.StatusCode == http.StatusServiceUnavailable {
			is.Equal(resp.Header.Get("Retry-After"), "1") // it says when to come back
		}
		return resp.StatusCode
	}
	want := [][]int{
		{200, 200, 200, 200, 200, 200},
		{200, 200, 0, 200, 200, 0}, // dropped
		{200, 200, 200, 200, 503, 200},
	}
	for i, url := range fleet.URLs() {
		var got []int
		for range want[i] {
			got = append(got, poll(url))
		}
		is.Equal(got, want[i]) // each has its manner
	}
}
