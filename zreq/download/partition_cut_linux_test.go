//go:build !tinygo

package download_test

import (
	"strings"
	"testing"

	"github.com/zreq-go/zreq/zreq/download"
)

func init() { onLinux = append(onLinux, testPowerCutOfAPartition) }

// testPowerCutOfAPartition: the same cuts as of a file. A partition has neither the old image
// nor the new one before a job has ended, so the promise is another one: neither a job nor a
// checkpoint says that it is whole if it is not one version, and what is behind stays.
func testPowerCutOfAPartition(t *testing.T) {
	cutThroughAll(t, func(p *powerCut) victim { return newPartitionVictim(p) })
}

// partitionVictim is a block device that is cut, and the state on a disk.
type partitionVictim struct {
	*powerCut
	disk   *simDisk
	states *simDisk
}

const simPartitionBytes = 160_000

func newPartitionVictim(p *powerCut) *partitionVictim {
	d := &partitionVictim{powerCut: p, disk: newSimDiskOn(p.rnd, p.power), states: newSimDiskOn(p.rnd, p.power)}
	p.args.State = download.FileStoreOn(d.states, "state")
	d.disk.put("device", strings.Repeat("old.", simPartitionBytes/4))
	return d
}

func (d *partitionVictim) device() *simFile { return d.disk.names["device"] }

func (d *partitionVictim) sink() download.Sink {
	return download.PartitionSinkOn(simBlock{&simHandle{simFile: d.device()}})
}

func (d *partitionVictim) record() []byte { return recordOn(d.states) }

func (d *partitionVictim) reboot(how loss) {
	d.disk.reboot(how)
	d.states.reboot(how)
}

// check looks at what is durable.
func (d *partitionVictim) check() {
	d.t.Helper()
	if f := d.states.durable["state"]; f != nil && download.IsCompleteIn(f.kept) && !d.has(d.device().kept) {
		d.t.Error("a checkpoint says that all is written, and the device has no version")
	}
}

func (d *partitionVictim) judge(err error) {
	if err == nil && (!d.has(d.device().kept) || !d.has(d.device().data)) {
		d.t.Error("no error, and the device has no version")
	}
	if err == nil && !d.power.off && len(d.states.names) != 0 {
		d.t.Errorf("something is left: %v", d.states.names)
	}
}

// has reports whether a device has a version, and what it had before behind all of them.
func (d *partitionVictim) has(p []byte) bool {
	most := 0
	for _, v := range d.versions {
		most = max(most, len(v.body))
	}
	if string(p[most:]) != strings.Repeat("old.", simPartitionBytes/4)[most:] {
		return false
	}
	for _, v := range d.versions {
		if n := len(v.body); d.isVersion(string(p[:n])) {
			return true
		}
	}
	return false
}

// simBlock is a file as a block device.
type simBlock struct{ *simHandle }

func (b simBlock) WriteAt(p []byte, off int64) (int, error) {
	b.at = off
	return b.Write(p)
}

func (b simBlock) Size() int64 { return int64(len(b.data)) }

// ReadBack sees what was synced.
func (b simBlock) ReadBack(from, until int64, see func(p []byte)) error {
	if b.disk.off {
		return errPower
	}
	see(b.kept[from:until])
	return nil
}
