package comments

import (
	"context"
	"errors"
	"net/url"
	"os"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

func TestMain(m *testing.M) {
	stop, err := startWorld()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	stop()
	if err := goleak.Find(); code == 0 && err != nil {
		panic(err)
	}
	os.Exit(code)
}

// onCard puts the test into a folder of its own, in which a card is mounted.
func onCard(t *testing.T) {
	t.Helper()
	is := is.New(t)
	t.Chdir(t.TempDir())
	is.NoErr(os.MkdirAll("media/card", 0o700)) // for recordings
	is.NoErr(os.MkdirAll("data", 0o700))       // for images
	for _, name := range []string{"recording.ts", "segment.ts"} {
		is.NoErr(os.WriteFile("media/card/"+name, []byte("what the camera saw"), 0o600)) // there is a recording
	}
}

func TestUpload(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	onCard(t)
	var all int64
	show := func(sent, _ int64) { all = sent }
	is.NoErr(func() error {
		file, err := upload.Open("media/card/recording.ts")
		if err != nil {
			return err
		}
		defer file.Close()
		resp, err := upload.Upload(ctx, "https://fleet.example/recordings/42", file, &upload.Args{
			Method:      "PUT",
			ContentType: "video/mp2t",
			Progress:    func(sent, total int64) { show(sent, total) },
		})
		if err == nil && resp.Status == 201 { // the server has received every byte
			file.Close() // Windows does not remove an open file
			os.Remove("media/card/recording.ts")
		}
		return err
	}()) // it is sent
	_, err := os.Stat("media/card/recording.ts")
	is.True(errors.Is(err, os.ErrNotExist)) // and removed
	is.True(all > 0)                        // and was shown
}

func TestTus(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	onCard(t)
	is.NoErr(func() error {
		file, err := upload.Open("media/card/recording.ts")
		if err != nil {
			return err
		}
		defer file.Close()
		state := tus.StateFile("media/card/recording.tus")
		_, err = tus.Upload(ctx, "https://fleet.example/files/", file, &tus.Args{Store: state})
		if err != nil {
			return err // the same call goes on later where this one has stopped
		}
		// The server has confirmed every byte.
		file.Close() // Windows does not remove an open file
		os.Remove("media/card/recording.ts")
		state.Remove() // last: until then, it says that the server has the file
		return nil
	}()) // it is sent
	left, err := os.ReadDir("media/card")
	is.NoErr(err)
	is.Equal(len(left), 1) // only the segment, which was not sent
}

func TestTusOfAnUpload(t *testing.T) {
	is := is.New(t)
	ctx, url := t.Context(), "https://fleet.example/files/"
	onCard(t)
	file, err := upload.Open("media/card/recording.ts")
	is.NoErr(err) // it is there
	defer file.Close()
	state := tus.StateFile("media/card/recording.tus")
	resp, err := upload.Upload(ctx, url, file, &upload.Args{
		Resume: &tus.Args{Store: state},
	})
	is.NoErr(err)                // it is sent
	is.Equal(resp.Status/100, 2) // and confirmed
}

func TestSpool(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	onCard(t)
	links := newUplink("wwan0")
	session := &zreq.Session{}
	defer session.Close()
	added := make(chan error, 1)
	record := func(s *spool.Spool) {
		_, err := s.Add("media/card/segment.ts")
		added <- err
		cancel()
	}
	err := func() error {
		s, err := spool.Open("media/card/spool", &spool.Args{
			URL: func(f spool.File, _ *upload.Args) string {
				return "https://fleet.example/recordings/" + url.PathEscape(f.Name)
			},
			Upload: upload.Args{Method: "PUT", Session: session},
			Link:   links, // the driver of the session: a wait ends when its link is back
		})
		if err != nil {
			return err
		}
		defer s.Close()
		go record(s)      // calls s.Add("/media/card/segment.ts") for each file that it has closed
		return s.Run(ctx) // sends until ctx ends
	}()
	is.True(errors.Is(err, context.Canceled)) // it runs until then
	is.NoErr(<-added)                         // and the file was added
}

func TestSpoolWithTus(t *testing.T) {
	is := is.New(t)
	onCard(t)
	s, err := spool.Open("media/card/spool", &spool.Args{
		URL: func(f spool.File, args *upload.Args) string {
			args.Resume = &tus.Args{Store: tus.StateFile(f.State), Retry: tus.Retry{Attempts: 3}}
			return "https://fleet.example/files/"
		},
	})
	is.NoErr(err) // there is a folder
	defer s.Close()
	_, err = s.Add("media/card/segment.ts")
	is.NoErr(err)                  // the file is added
	is.NoErr(s.Drain(t.Context())) // and sent
}
