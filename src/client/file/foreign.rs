//! Files from others: marked where the system knows such a mark, so that it asks before it runs them; and which of them are
//! programs.

use std::io;
use std::path::Path;

/// Endings of what runs, or makes something else run, when it is opened on one of the systems.
const PROGRAMS: &[&str] = &[
    "action",
    "apk",
    "app",
    "appimage",
    "appref-ms",
    "appx",
    "appxbundle",
    "bash",
    "bat",
    "bin",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "csh",
    "deb",
    "desktop",
    "diagcab",
    "dll",
    "dmg",
    "dylib",
    "elf",
    "exe",
    "flatpakref",
    "gadget",
    "hta",
    "inf",
    "ins",
    "iso",
    "jar",
    "jnlp",
    "js",
    "jse",
    "ksh",
    "lnk",
    "mpkg",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "osx",
    "out",
    "paf",
    "pif",
    "pkg",
    "pl",
    "ps1",
    "psm1",
    "py",
    "pyc",
    "pyw",
    "pyz",
    "rb",
    "reg",
    "rpm",
    "run",
    "scf",
    "scpt",
    "scr",
    "sct",
    "settingcontent-ms",
    "sh",
    "snap",
    "so",
    "sys",
    "terminal",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "vxd",
    "webloc",
    "workflow",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xbap",
    "xll",
    "zsh",
];

/// Whether a file is a program, by its name or by how it begins (`head`: some of its first bytes, none if it is not here
/// yet). A program may be called `holiday.jpg`.
pub fn is_program(name: &str, head: &[u8]) -> bool {
    let ending = name.trim_end_matches(['.', ' ']).rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let by_name = ending.is_some_and(|ending| PROGRAMS.binary_search(&ending.as_str()).is_ok());
    let by_content = matches!(
        head,
        [b'M', b'Z', ..]
            | [0x7f, b'E', b'L', b'F', ..]
            | [b'#', b'!', ..]
            // Mach-O, both orders of bytes and both widths, and several in one (which are Java classes too).
            | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..]
            | [0xce | 0xcf, 0xfa, 0xed, 0xfe, ..]
            | [0xca, 0xfe, 0xba, 0xbe, ..]
            // A shortcut.
            | [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0, ..]
    ) || head.starts_with(b"[Desktop Entry]");
    by_name || by_content
}

/// Marks a file as one from elsewhere.
pub(crate) fn mark_foreign(path: &Path) -> io::Result<()> {
    #[cfg(target_os = "windows")]
    {
        // Zone 3: the internet.
        let mut stream = path.as_os_str().to_owned();
        stream.push(":Zone.Identifier");
        std::fs::write(stream, "[ZoneTransfer]\r\nZoneId=3\r\n")
    }
    #[cfg(target_os = "macos")]
    {
        let seconds = crate::shared::now_ms() / 1000;
        xattr::set(path, "com.apple.quarantine", format!("0081;{seconds:x};Hallway;").as_bytes())
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    {
        // Says that it came from elsewhere, not from whom.
        xattr::set(path, "user.xdg.origin.url", b"hallway:")
    }
    #[cfg(not(any(unix, target_os = "windows")))]
    {
        let _ = path;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_name_and_by_content() {
        assert!(PROGRAMS.is_sorted(), "searched by halves");
        for name in [
            "setup.exe",
            "SETUP.EXE",
            "a.pdf.scr",
            "x.sh",
            "invoice.exe.",
            "invoice.exe ",
            "读我.bat",
            "a.desktop",
        ] {
            assert!(is_program(name, b""), "{name}");
        }
        for name in ["plan.pdf", "exe", "a.tar.gz", "notes.txt", "", "."] {
            assert!(!is_program(name, b"plain"), "{name}");
        }
        for head in
            [&b"MZ\x90\0"[..], b"\x7fELF\x02", b"#!/bin/sh\n", b"\xcf\xfa\xed\xfe", b"[Desktop Entry]\n"]
        {
            assert!(is_program("holiday.jpg", head), "{head:?}");
        }
        assert!(!is_program("holiday.jpg", b"\xff\xd8\xff\xe0"));
    }
}
