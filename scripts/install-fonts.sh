#!/bin/sh
# Installs a Chinese font family if there is none. Documents in Chinese cannot be set without one.
set -eu

has_chinese_font() {
    if command -v fc-list >/dev/null 2>&1; then
        [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]
    else
        for folder in /usr/share/fonts/opentype/noto /usr/share/fonts/noto-cjk /System/Library/Fonts /Library/Fonts; do
            if ls "$folder"/*CJK* "$folder"/PingFang* "$folder"/Songti* >/dev/null 2>&1; then
                return 0
            fi
        done
        return 1
    fi
}

if has_chinese_font; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No Chinese font found. Install Noto Serif CJK and Noto Sans CJK (Fedora: google-noto-serif-cjk-fonts google-noto-sans-cjk-fonts; macOS and Windows ship theirs)." >&2
    exit 0
fi
echo "Installing Chinese fonts (Debian package fonts-noto-cjk) ..." >&2
if [ "$(id -u)" = 0 ]; then
    as_root=""
else
    as_root="sudo"
fi
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq fonts-noto-cjk >/dev/null 2>&1 ||
    { $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq fonts-noto-cjk >/dev/null; }
