//go:build !tinygo

package download_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testSaveFileOfACodingThatNobodyUndid: a body in a content coding that nobody undid is not the file
// (RFC 9110, 8.4), unless that was asked for; a token that is no coding says nothing.
func testSaveFileOfACodingThatNobodyUndid(t *testing.T) {
	const body = "\x1f\x8b\x08\x00firmware"
	for coding, refused := range map[string]bool{
		"gzip": true, "br": true, "zstd": true, "aws-chunked, gzip": true,
		"aws-chunked": false, "utf-8": false, "none": false, "identity": false,
	} {
		for way, stream := range map[string]bool{"streamed": true, "buffered": false} {
			t.Run(coding+"/"+way, func(t *testing.T) {
				is := is.New(t)
				answer := strings.Replace(byLength(body), "\r\n", "\r\nContent-Encoding: "+coding+"\r\n", 1)
				path := target(t, true)
				resp, peer := answered(t, answer, zreq.Args{Stream: stream})
				_, err := download.SaveFile(resp, path)
				is.Equal(peer.Open(), 0)
				if !refused {
					is.NoErr(err)
					is.Equal(holds(t, path), body)
					return
				}
				is.True(errors.Is(err, zreq.ErrEncoded) && errors.Is(err, zreq.ErrStatus))
				is.Equal(failure(is, err).Step, download.StepCheck)
				is.Equal(holds(t, path), was)

				resp, _ = answered(t, answer, zreq.Args{Stream: stream, AllowEncoded: true})
				_, err = download.SaveFile(resp, path)
				is.NoErr(err)
				is.Equal(holds(t, path), body) // as it came
			})
		}
	}
}
