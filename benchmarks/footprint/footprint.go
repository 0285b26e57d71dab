// Package footprint builds the smallest programs that do a job, and weighs them.
package footprint

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
)

// Size is that of a program for a system.
type Size struct {
	Program
	System   string // "linux/arm"
	File     int64  // bytes, stripped
	Loaded   int64  // of those, in sections that are loaded: text and data
	Packages int    // that it is built of, its own among them
}

// Systems are those for which programs are built.
var Systems = []string{"linux/amd64", "linux/arm", "linux/mipsle", "linux/riscv64"}

// Measure builds every program for the systems.
func Measure(systems ...string) ([]Size, error) {
	var sizes []Size
	for _, system := range systems {
		more, err := Weigh(system, Programs...)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, more...)
	}
	return sizes, nil
}

// Weigh builds programs for one system.
func Weigh(system string, programs ...Program) ([]Size, error) {
	packages, err := Packages(system, programs...)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "footprint")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := Build(dir, system, programs...); err != nil {
		return nil, err
	}
	sizes := make([]Size, len(programs))
	for i, program := range programs {
		path := filepath.Join(dir, program.Folder)
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		loaded, err := loaded(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		sizes[i] = Size{program, system, info.Size(), loaded, len(packages[program.Folder])}
	}
	return sizes, nil
}

// loaded is how much of a program the system loads: its sections in memory, but for
// those that begin as zeros and are in no file.
func loaded(path string) (size int64, err error) {
	file, err := elf.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for _, section := range file.Sections {
		if section.Flags&elf.SHF_ALLOC != 0 && section.Type != elf.SHT_NOBITS {
			size += int64(section.Size)
		}
	}
	return size, nil
}
