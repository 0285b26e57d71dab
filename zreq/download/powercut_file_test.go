//go:build !tinygo

package download_test

import (
	"strings"

	"github.com/zreq-go/zreq/zreq/download"
)

const oldFile = "the old file"

// fileVictim is a file on a disk that is cut. The state is beside it, or on another disk.
type fileVictim struct {
	*powerCut
	disk    *simDisk
	states  *simDisk // nil: the same
	old     string   // content of the file before
	checked struct {
		file *simFile
		time int64
	}
}

func newFileVictim(p *powerCut) *fileVictim {
	f := &fileVictim{powerCut: p, disk: newSimDiskOn(p.rnd, p.power), old: oldFile}
	if p.seed%4 == 2 { // as long as the new one
		f.old += strings.Repeat("!", len(p.versions[0].body)-len(oldFile))
	}
	if p.seed%5 >= 3 {
		f.states = newSimDiskOn(p.rnd, p.power)
		p.args.State = download.FileStoreOn(f.states, "state")
	}
	f.disk.put("image", f.old)
	return f
}

func (f *fileVictim) sink() download.Sink { return download.FileSinkOn(f.disk, "image") }

func (f *fileVictim) record() []byte {
	if f.states != nil {
		return recordOn(f.states)
	}
	state, ok := f.disk.content(".image.zreq-state")
	if !ok {
		return nil
	}
	record, ok := download.StateRecordOf(state)
	if !ok {
		f.t.Errorf("a state file that is torn: %q", state)
	}
	return record
}

// recordOn returns what a FileStore on a disk has.
func recordOn(disk *simDisk) []byte {
	if state, ok := disk.content("state"); ok {
		return []byte(state)
	}
	return nil
}

func (f *fileVictim) reboot(how loss) {
	f.disk.reboot(how)
	if f.states != nil {
		f.states.reboot(how)
	}
	f.checked.file = nil
}

// check looks at the file. The state is there until a file is durable.
func (f *fileVictim) check() {
	f.t.Helper()
	last := ""
	if n := len(f.power.calls); n > 0 {
		last = f.power.calls[n-1]
	}
	if (last == "remove .image.zreq-state" || last == "remove state") && string(f.disk.durable["image"].kept) == f.old {
		f.t.Error("the state is removed before the file is durable")
	}
	now := f.disk.names["image"]
	if now != nil && now == f.checked.file && now.time == f.checked.time {
		return
	}
	if f.checked.file = now; now != nil {
		f.checked.time = now.time
	}
	if content, ok := f.disk.content("image"); !ok || content != f.old && !f.isVersion(content) {
		f.t.Errorf("the file has %d bytes of no version, after %q", len(content), last)
	}
}

func (f *fileVictim) judge(err error) {
	content, _ := f.disk.content("image")
	switch {
	case err == nil && !f.isVersion(content):
		f.t.Error("no error, and not the new file")
	case err == nil && !f.power.off && (len(f.disk.names) != 1 || f.states != nil && len(f.states.names) != 0):
		f.t.Errorf("something is left: %v %v", f.disk.names, f.states)
	}
}
