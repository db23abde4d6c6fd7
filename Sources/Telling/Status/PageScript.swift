/// The pages' script: has a page change in place when something happens, and says when the sidecar does not answer.
enum PageScript {
    /// Fetches the page again, soon after an event but once a second at most, and each 15 seconds as a reload would.
    static let text = """
        (()=>{
        const live=document.getElementById('live');
        let last=0,due=0,timer=0,lost=0;
        document.getElementById('how').textContent='This page changes by itself.';
        const say=text=>{live.textContent=text;live.hidden=!text};
        const plan=wait=>{
        const then=Date.now()+wait;
        if(timer&&due<=then)return;
        clearTimeout(timer);due=then;timer=setTimeout(load,wait)};
        const soon=()=>plan(Math.max(50,last+900-Date.now()));
        const show=text=>{
        const page=new DOMParser().parseFromString(text,'text/html');
        const link=document.activeElement&&document.activeElement.getAttribute('href');
        document.title=page.title;
        for(const name of ['header','main']){
        const old=document.querySelector(name),now=page.querySelector(name);
        if(now&&old.innerHTML!==now.innerHTML)old.innerHTML=now.innerHTML}
        if(!link)return;
        const same=[...document.querySelectorAll('a')].find(a=>a.getAttribute('href')===link);
        if(same)same.focus({preventScroll:true})};
        const load=async()=>{
        last=Date.now();timer=0;
        try{
        const answer=await fetch(location.pathname,{cache:'no-store',signal:AbortSignal.timeout(8000)});
        if(!answer.ok)throw answer.status;
        show(await answer.text());
        if(lost){lost=0;say('The scheduler answers again.');setTimeout(()=>lost||say(''),10000)}
        }catch(error){
        lost=lost||Date.now();
        say('The scheduler has not answered since '+new Date(lost).toLocaleTimeString()+
        ': what is shown is older. This page goes on asking.')}
        plan(lost?2000:15000)};
        const listen=()=>{
        const events=new EventSource('/events');
        for(const name of ['run','job','target','incident','freeze','reset'])events.addEventListener(name,soon);
        events.onopen=soon;
        events.onerror=()=>{soon();if(events.readyState===2)setTimeout(listen,5000)}};
        plan(15000);listen()
        })()
        """

    /// Of exactly this text, as the policy names it: `printf %s TEXT | openssl dgst -sha256 -binary | base64`.
    static let hash = "sha256-+huyx1eC0LX1i33zMchc2OmjJbCQkk3Lli1uwp9c17I="
}
