/// The page's style sheet: one column, system fonts, no image, both colour schemes.
enum PageStyle {
    static let text = """
        :root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1b2330;--dim:#5b6675;--line:#dde2e9;\
        --ok:#1f7a4d;--busy:#2f6db3;--failed:#b4232c;--unfinished:#6b7480;--often:#9fb3c8;--rare:#7a3fb0;\
        --failbg:#fdeeee;--okbg:#e9f5ee;--warn:#8a5a00;--warnbg:#fdf3dc}
        @media (prefers-color-scheme:dark){:root{--bg:#11151b;--card:#191f28;--ink:#e6eaf0;--dim:#9aa6b5;--line:#2c3541;\
        --ok:#5cc98f;--busy:#77b0f2;--failed:#ff8087;--unfinished:#98a3b1;--often:#4a6079;--rare:#c99bf2;\
        --failbg:#3a1d22;--okbg:#17301f;--warn:#f0c267;--warnbg:#362b13}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,\
        "Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
        header{padding-top:1.25rem}
        h1{font-size:1.6rem;line-height:1.2;margin:0;display:flex;gap:.6rem;align-items:center}
        h1 .mark{width:1.5rem;height:1.5rem;flex:none}
        h2{font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);margin:0 0 .5rem}
        p{margin:.25rem 0}
        a{color:inherit}
        ul{list-style:none;margin:0;padding:0}
        li{margin:.4rem 0;line-height:1.3}
        .dim,.legend,footer{color:var(--dim);font-size:.875rem}
        .nowrap{white-space:nowrap}
        .name{font-weight:600}
        .cards{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.75rem;margin:1rem 0}
        .card,.panel{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.85rem 1rem}
        .card.bad{background:var(--failbg);border-color:var(--failed)}
        .card.good{background:var(--okbg)}
        .card li{display:grid;grid-template-columns:1rem minmax(0,1fr);gap:0 .45rem;align-items:baseline}
        .card li .dim{grid-column:2}
        .clock{grid-template-columns:minmax(3.2rem,max-content) minmax(0,1fr)!important}
        .clock b{font-variant-numeric:tabular-nums}
        .note{background:var(--warnbg);color:var(--warn);border-radius:.6rem;padding:.6rem 1rem;margin:.75rem 0;font-weight:600}
        #live{max-width:62rem;margin:.75rem auto 0;position:sticky;top:0}
        .panel{margin:.75rem 0;overflow-x:auto}
        .mark{vertical-align:-.08em}
        .s-ok{stroke:var(--ok);stroke-width:6.8;stroke-linecap:round}.s-busy{fill:none;stroke:var(--busy);stroke-width:1.8}
        .s-failed{stroke:var(--failed);stroke-width:2.4;stroke-linecap:round}
        .s-unfinished{stroke:var(--unfinished);stroke-width:2.4;stroke-linecap:round}
        .defs{position:absolute}
        .o-failed{color:var(--failed);font-weight:600}.o-ok{color:var(--ok);font-weight:600}
        .o-busy{color:var(--busy);font-weight:600}.o-unfinished{color:var(--unfinished);font-weight:600}
        .day{width:100%;display:block;overflow:visible}
        .often{fill:var(--often)}.rare{fill:var(--rare)}
        .rarely{display:flex;flex-wrap:wrap;gap:.1rem 1.25rem;font-size:.9rem}
        .rarely li{margin:.1rem 0}.rarely b{font-variant-numeric:tabular-nums;font-weight:600}
        .pin{stroke:var(--rare);stroke-width:1.5}
        .axis{stroke:var(--dim)}.grid{stroke:var(--line)}
        .tick{fill:var(--dim);font-size:12px;text-anchor:middle;font-variant-numeric:tabular-nums}
        .key{display:inline-block;width:.7rem;height:.7rem;margin:0 .15rem 0 .5rem;border-radius:2px}
        .key:first-child{margin-left:0}
        .key.often{background:var(--often)}.key.rare{background:var(--rare)}
        .bar{stroke:var(--often);stroke-width:6}
        .strip{width:200px;max-width:100%;height:36px;display:block;\
        background:linear-gradient(var(--line),var(--line)) 0 22px/100% 1px no-repeat}
        table{width:100%;border-collapse:collapse}
        caption{text-align:left;font-size:.8rem;letter-spacing:.06em;text-transform:uppercase;color:var(--dim);\
        font-weight:700;padding-bottom:.5rem}
        thead th{font-size:.8rem;color:var(--dim);font-weight:600}
        th,td{text-align:left;vertical-align:top;padding:.6rem .75rem .6rem 0;border-top:1px solid var(--line);font-weight:400}
        thead th{border-top:0;padding-top:0}
        tbody th{width:34%}
        th span,td span{display:block}
        th code{margin-left:.35rem}
        td span.nowrap{display:inline}
        tr:target{outline:2px solid var(--busy);outline-offset:2px}
        code{font:.8125rem ui-monospace,"DejaVu Sans Mono",monospace;color:var(--dim)}
        footer{padding-top:.5rem;padding-bottom:2rem}
        footer .mark{margin-left:.6rem}
        @media (max-width:44rem){
        .cards{grid-template-columns:minmax(0,1fr)}
        h1{font-size:1.35rem}
        .minor{display:none}
        table,caption,thead,tbody,tr,th,td{display:block}
        thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        tbody th{width:auto;padding-bottom:.15rem}
        tbody td{border-top:0;padding:.15rem 0 .15rem 5.5rem;position:relative;min-height:1.6rem}
        tbody td::before{content:attr(data-label);position:absolute;left:0;color:var(--dim);font-size:.875rem}
        tbody td:last-child{padding-bottom:.75rem}
        td span{display:inline}
        .strip{width:100%}}
        """
}
