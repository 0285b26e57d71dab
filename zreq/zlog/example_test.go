package zlog_test

import (
	"context"
	"fmt"
	"os"

	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// One line for each call. A program adds the time to its logger, and an id of the
// device; elapsed and the version in sent are left out here, since they change.
func ExampleNew() {
	peer := zreqtest.NewPeer(nil, []zreqtest.Step{
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"),
		zreqtest.Request(),
		zreqtest.Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
	})
	defer peer.Close()

	logger := zerolog.New(zerolog.ConsoleWriter{
		Out:           os.Stdout,
		NoColor:       true,
		PartsExclude:  []string{zerolog.TimestampFieldName},
		FieldsExclude: []string{"call", "elapsed", "sent"},
	}).Level(zerolog.InfoLevel)
	session := &zreq.Session{Driver: peer, Trace: zlog.New(logger)} // a program imports netdriver/std and leaves Driver out
	defer session.Close()
	for _, url := range []string{"http://meter:pa55word@fleet.test/version?key=k3y", "http://fleet.test/config"} {
		if _, err := session.Get(context.Background(), url, nil); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// INF request attempts=1 method=GET received=2 reused=false status=200 url=http://fleet.test/version
	// INF request attempts=1 method=GET received=0 reused=true status=404 url=http://fleet.test/config
}
